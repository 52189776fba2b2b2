// Names and states of systemd's units. Words: org.freedesktop.systemd1(5), ActiveState.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/linux/codec/name_filter.h"

namespace telltale::linux_input {

// As the manager tells of a unit.
struct UnitStatus {
  std::string name;         // ssh.service
  std::string description;  // OpenBSD Secure Shell server
  std::string load;         // loaded, not-found, masked, …
  std::string active;       // active, failed, …
};

inline constexpr std::int64_t kUnitFailed = 2;
// The names of the state's numbers, which never change: history has been written with them.
[[nodiscard]] const std::vector<std::pair<std::int64_t, std::string>>& unit_states();
// Nothing for a word that systemd did not have when this was written.
[[nodiscard]] std::optional<std::int64_t> unit_state(std::string_view word);

// `ssh` is ssh.service, as for systemctl; patterns and names with a type stay as they are.
[[nodiscard]] std::string whole_unit_name(std::string_view text);

// What the user wants to see.
struct UnitSettings {
  NameFilter wanted;
  std::chrono::nanoseconds every{};  // between two looks at all of them
  std::string bus;                   // path of the bus's socket
};

// Which units are asked for how: single ones by name, which tells also of those that are not loaded; others by pattern.
struct UnitQuery {
  std::vector<std::string> names;
  std::vector<std::string> patterns;  // as the manager takes them
  NameFilter wanted;                  // what of the answer counts
};
// `include` may be empty: all services.
[[nodiscard]] UnitQuery make_unit_query(const NameFilter& filter);

}  // namespace telltale::linux_input
