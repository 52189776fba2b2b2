#include "daemon/rules/alarm_machine.h"

#include <algorithm>
#include <utility>

namespace telltale::rules {

bool AlarmMachine::go(AlarmState state) {
  if (state == state_) return false;
  before_ = std::exchange(state_, state);
  return true;
}

bool AlarmMachine::acknowledge() {
  if (state_ == AlarmState::kFiring) return go(AlarmState::kAcknowledged);
  if (state_ == AlarmState::kCleared) return go(AlarmState::kInactive);
  return false;
}

bool AlarmMachine::step(const core::RuleSpec& spec, const Sight& sight, core::BootTime now) {
  const core::Duration passed = last_ ? now - *last_ : core::Duration{};
  last_ = now;
  if (!sight.watched) {
    raised_for_ = ended_for_ = unknown_for_ = {};
    was_raised_ = was_ended_ = flapping_ = false;
    return state_ != AlarmState::kCleared && go(AlarmState::kInactive);
  }
  if (!sight.raised) {
    // What is firing is not over because nobody can see it; what is pending waits.
    unknown_for_ += passed;
    was_raised_ = was_ended_ = false;
    const bool quiet = state_ == AlarmState::kInactive || state_ == AlarmState::kPending;
    return quiet && unknown_for_ >= kNoData && go(AlarmState::kNoData);
  }
  unknown_for_ = {};
  const bool ended = sight.ended && !*sight.raised;
  raised_for_ = *sight.raised ? (was_raised_ ? raised_for_ + passed : raised_for_) : core::Duration{};
  ended_for_ = ended ? (was_ended_ ? ended_for_ + passed : ended_for_) : core::Duration{};
  was_raised_ = *sight.raised;
  was_ended_ = ended;
  return fires() ? firing_step(spec, sight) : quiet_step(spec, sight, now);
}

bool AlarmMachine::fire(const core::RuleSpec& spec, const Sight& sight, core::BootTime now) {
  if (raised_for_ < std::max(spec.hold, hold_more_)) return go(AlarmState::kPending);
  if (sight.parent_fires) return go(AlarmState::kSuppressed);
  hold_more_ = {};
  ended_for_ = {};
  fired_.push_back(now);
  while (fired_.size() > kFlaps) fired_.pop_front();
  flapping_ = fired_.size() == kFlaps && now - fired_.front() <= kFlapSpan;
  return go(AlarmState::kFiring);
}

bool AlarmMachine::quiet_step(const core::RuleSpec& spec, const Sight& sight, core::BootTime now) {
  switch (state_) {
    case AlarmState::kPending:
      if (!*sight.raised) {
        hold_more_ = {};
        return go(rest_);
      }
      return fire(spec, sight, now);
    case AlarmState::kSuppressed:
      if (sight.ended && !*sight.raised) return go(AlarmState::kInactive);
      if (sight.parent_fires || !*sight.raised) return false;
      rest_ = AlarmState::kInactive;
      raised_for_ = {};
      hold_more_ = kAfterParent;
      return go(AlarmState::kPending);
    default:
      break;
  }
  if (!*sight.raised) {
    hold_more_ = {};
    return state_ == AlarmState::kNoData && go(AlarmState::kInactive);
  }
  rest_ = state_ == AlarmState::kCleared ? AlarmState::kCleared : AlarmState::kInactive;
  return fire(spec, sight, now);
}

bool AlarmMachine::firing_step(const core::RuleSpec& spec, const Sight& sight) {
  if (sight.parent_fires && state_ == AlarmState::kFiring) return go(AlarmState::kSuppressed);
  if (!was_ended_ || ended_for_ < std::max(spec.keep, flapping_ ? kFlapSpan / 2 : core::Duration{})) return false;
  if (flapping_) fired_.clear();
  flapping_ = false;
  raised_for_ = {};
  return go(state_ == AlarmState::kAcknowledged ? AlarmState::kInactive : AlarmState::kCleared);
}

}  // namespace telltale::rules
