// What is kept of an alarm with each change: the text of its event, JSON, which also tells how it was after a restart.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/interfaces/rules.h"

namespace telltale::rules {

// `{"state":"firing","was":"pending","severity":"warning","value":81.2,"since":1700000000000, …}`
[[nodiscard]] std::string event_text(const core::AlarmStatus& alarm, core::AlarmState before);

struct KeptAlarm {
  core::AlarmState state = core::AlarmState::kInactive;
  core::WallTime since{};
  double value = 0;
  std::string by;
  std::string comment;
  std::optional<core::WallTime> silenced;
};
// Nothing of a text that is none.
[[nodiscard]] std::optional<KeptAlarm> read_event(std::string_view text);

}  // namespace telltale::rules
