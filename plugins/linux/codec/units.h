// What the kernel says of a control group, which of systemd's units is one. Format: cgroups(7), Documentation/admin-guide/
// cgroup-v2. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {

// The number behind `key` in a file of lines `key number`; nothing when there is none.
[[nodiscard]] inline std::optional<std::uint64_t> find_number(std::string_view text, std::string_view key) {
  while (auto line = take_line(text)) {
    if (take_word(*line) == key) return parse_number<std::uint64_t>(*line);
  }
  return std::nullopt;
}

// Names that systemd gives to what has a control group and processes of its own.
[[nodiscard]] inline bool is_unit_name(std::string_view name) {
  return name.ends_with(".service") || name.ends_with(".scope") || name.ends_with(".socket") || name.ends_with(".mount");
}

}  // namespace telltale::linux_input
