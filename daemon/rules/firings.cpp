#include "daemon/rules/firings.h"

#include <algorithm>

namespace telltale::rules {

void Firings::add(const core::AlarmChange& change) {
  using core::AlarmState;
  const core::AlarmStatus& alarm = change.alarm;
  if (alarm.state == AlarmState::kFiring) {
    ++count_;
    list_.push_back({alarm.labels, alarm.since, std::nullopt, alarm.value});
    if (list_.size() > most_) list_.pop_front();
    return;
  }
  if (change.before != AlarmState::kFiring) return;
  const auto open = std::find_if(list_.rbegin(), list_.rend(),
                                 [&](const core::Firing& one) { return !one.over && one.labels == alarm.labels; });
  if (open != list_.rend()) open->over = alarm.since;
}

}  // namespace telltale::rules
