#include "plugins/linux/codec/network.h"

#include <array>
#include <optional>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

constexpr std::size_t kMaxInterfaces = 4096;

std::optional<InterfaceStats> parse_interface(std::string_view line) {
  // The name ends at the last colon before the numbers: `eth0:1: 12 …` is an alias, and `eth0:162083676` has no blank.
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  InterfaceStats interface;
  interface.name = trim(line.substr(0, colon));
  if (interface.name.empty()) return std::nullopt;
  line.remove_prefix(colon + 1);
  // bytes packets errs drop fifo frame compressed multicast, and the same for what was sent
  std::array<std::uint64_t, 12> fields{};
  for (std::uint64_t& field : fields) {
    const auto number = take_number<std::uint64_t>(line);
    if (!number) return std::nullopt;
    field = *number;
  }
  interface.received_bytes = fields[0];
  interface.sent_bytes = fields[8];
  interface.errors = fields[2] + fields[10];
  interface.drops = fields[3] + fields[11];
  return interface;
}

}  // namespace

std::size_t parse_net_dev(std::string_view text, std::vector<InterfaceStats>& interfaces) {
  interfaces.clear();
  std::size_t malformed = 0;
  while (auto line = take_line(text)) {
    if (line->find('|') != std::string_view::npos || trim(*line).empty()) continue;
    const auto interface = parse_interface(*line);
    if (interface && interfaces.size() < kMaxInterfaces) {
      interfaces.push_back(*interface);
    } else {
      ++malformed;
    }
  }
  return malformed;
}

}  // namespace telltale::linux_input
