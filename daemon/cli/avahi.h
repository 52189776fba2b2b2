// The service file by which Avahi tells the local network where this device is (avahi.service(5)). Pure.
#pragma once

#include <string>
#include <vector>

namespace telltale::cli {

// `address`: the first of the daemon's, "https://press-7.local:8080/telltale/". Empty for one that nobody else reaches.
[[nodiscard]] std::string avahi_service(const std::string& address);

}  // namespace telltale::cli
