// The addresses and names by which others reach this device. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telltale::net {

// Addresses of this machine's interfaces that are up: IPv4 first, then IPv6 without link-local ones and those that
// change every day (RFC 8981). Without loopback. In no order that means anything otherwise.
[[nodiscard]] std::vector<std::string> own_addresses();
// Of the text of /proc/net/if_inet6, see own_addresses().
[[nodiscard]] std::vector<std::string> inet6_addresses(std::string_view table);
// The host name, that name under .local (mDNS), and both without its domain, in lower case; none twice.
[[nodiscard]] std::vector<std::string> host_names();
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace telltale::net
