// What lies at the place of a device's configuration, fetched by telltale-messenger: a process that can be ended. One
// thread; blocks for kPatience at most.
#pragma once

#include <chrono>
#include <string>

#include "daemon/core/error.h"
#include "daemon/provision/settings.h"

namespace telltale::provision {

inline constexpr std::chrono::seconds kPatience{60};

struct Fetched {
  enum class What : std::uint8_t {
    kDocument,
    kSame,  // what the ETag stands for
    kNone,  // there is nothing for this device
  } what = What::kNone;
  std::string text;
  std::string etag;
};

// ErrorCode::kUnavailable: it cannot be had now; kLimit: it is larger than a document may be.
[[nodiscard]] core::Result<Fetched> fetch(const Settings& settings, const Place& place, const std::string& etag,
                                          const std::string& messenger);

}  // namespace telltale::provision
