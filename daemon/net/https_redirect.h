// What is answered to plain HTTP where only HTTPS is spoken. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/http_message.h"

namespace telltale::net {

// Whoever only looks is sent on to the same place under https. Anything else has told its secrets already: it is
// refused, so that whoever wrote the client notices. `target`: as it stood in the request. `port`: of HTTPS; 0: the one
// that was asked. `names`: as of AccessPolicy; another Host would send a visitor to somebody else's device.
[[nodiscard]] Response https_redirect(const Request& head, std::string_view target, std::uint16_t port,
                                      const std::vector<std::string>& names);

}  // namespace telltale::net
