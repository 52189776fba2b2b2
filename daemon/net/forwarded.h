// Where a request comes from in truth, when it came through a proxy. Pure; net thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/core/address_range.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

struct Arrival {
  Peer peer;
  bool secure = false;              // the client spoke HTTPS to the proxy
  std::optional<std::string> host;  // that the client asked for, when the proxy says so
};

// `head.peer` is whoever connected. Of a proxy in `trusted` what it says is believed: X-Forwarded-For, -Proto and
// -Host, or, without X-Forwarded-For, Forwarded (RFC 7239). Hops of other trusted proxies are passed over; before the
// first that is not trusted, anybody can have written anything.
//
// Of others on this device only one thing is believed: that the request was forwarded. It is not a local one then.
[[nodiscard]] Arrival arrival_of(const Request& head, const std::vector<core::AddressRange>& trusted);
[[nodiscard]] bool is_trusted(std::string_view address, const std::vector<core::AddressRange>& trusted);

}  // namespace telltale::net
