// A message that a client sends over the live connection, checked. Pure.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/error.h"
#include "daemon/net/viewer.h"

namespace telltale::net {

struct LiveRequest {
  enum class Op : std::uint8_t { kSubscribe, kUnsubscribe };
  Op op = Op::kSubscribe;
  Viewer::Wanted wanted;  // of unsubscribe only the id
};

// On an error its context is the id, when the message had one.
[[nodiscard]] core::Result<LiveRequest> parse_live_request(std::string_view text);

}  // namespace telltale::net
