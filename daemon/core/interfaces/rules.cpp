#include "daemon/core/interfaces/rules.h"

#include <algorithm>
#include <array>

namespace telltale::core {

namespace {

constexpr std::array<std::string_view, 7> kStates = {"inactive", "pending", "firing",    "acknowledged",
                                                     "cleared",  "no-data", "suppressed"};

}  // namespace

std::string_view to_text(AlarmState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<AlarmState> alarm_state_from(std::string_view text) {
  const auto* const found = std::find(kStates.begin(), kStates.end(), text);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<AlarmState>(found - kStates.begin());
}

}  // namespace telltale::core
