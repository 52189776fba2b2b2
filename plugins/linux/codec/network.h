// /proc/net/dev. Format: proc(5).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace telltale::linux_input {

// Counters since the interface came up.
struct InterfaceStats {
  std::string_view name;  // into the parsed text
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t errors = 0;  // of both directions
  std::uint64_t drops = 0;   // of both directions
};
// Every well-formed line into `interfaces`; answers the number of malformed ones. The two header lines are neither.
std::size_t parse_net_dev(std::string_view text, std::vector<InterfaceStats>& interfaces);

}  // namespace telltale::linux_input
