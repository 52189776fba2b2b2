// Where the server is to be found, as others see it. Made by the server; constant once it listens; net thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace telltale::net {

struct Place {
  bool tls = false;
  std::string address;     // that it listens on
  std::uint16_t port = 0;  // 0: not over TCP
  std::string base_path;   // in front of every path; empty: none
};

// Addresses to type into a browser, the best first: names, then addresses. `addresses`: of the machine's interfaces.
[[nodiscard]] std::vector<std::string> urls_of(const Place& place, const std::vector<std::string>& host_names,
                                               const std::vector<std::string>& addresses);

}  // namespace telltale::net
