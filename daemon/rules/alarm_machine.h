// The states of one alarm, and what moves it from one to the next. Times are of the boot clock: a step of the wall
// clock moves nothing. Pure; the owner keeps it.
//
//   inactive ──▶ pending ──▶ firing ──▶ cleared ──▶ inactive (acknowledged afterwards)
//                  │           └─▶ acknowledged ──▶ inactive
//                  └─▶ suppressed (a parent fires)            no-data: nothing can be said
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/rules.h"
#include "daemon/core/rule_spec.h"

namespace telltale::rules {

using core::AlarmState;

class AlarmMachine {
 public:
  // Nothing known for this long: no-data.
  static constexpr core::Duration kNoData = std::chrono::minutes(5);
  // So many times firing within so long is flapping: then it fires on, until it has been over for half of that.
  static constexpr std::size_t kFlaps = 5;
  static constexpr core::Duration kFlapSpan = std::chrono::minutes(10);
  // What is suppressed has this long, at least, to get well after its parent did.
  static constexpr core::Duration kAfterParent = std::chrono::seconds(30);

  // What is seen at a moment.
  struct Sight {
    std::optional<bool> raised;  // nothing: it cannot be said
    bool ended = false;          // of what is firing; with `raised` alone
    bool parent_fires = false;
    bool watched = true;  // by the schedule
  };

  // A state that was kept; whatever was pending begins anew.
  void restore(AlarmState state) { state_ = state == AlarmState::kPending ? AlarmState::kInactive : state; }
  // True when the state changed.
  bool step(const core::RuleSpec& spec, const Sight& sight, core::BootTime now);
  // Somebody has seen it. False when there is nothing to acknowledge.
  bool acknowledge();

  [[nodiscard]] AlarmState state() const { return state_; }
  [[nodiscard]] AlarmState before() const { return before_; }
  [[nodiscard]] bool flapping() const { return flapping_; }
  [[nodiscard]] bool fires() const { return state_ == AlarmState::kFiring || state_ == AlarmState::kAcknowledged; }

 private:
  bool go(AlarmState state);
  bool fire(const core::RuleSpec& spec, const Sight& sight, core::BootTime now);
  bool quiet_step(const core::RuleSpec& spec, const Sight& sight, core::BootTime now);
  bool firing_step(const core::RuleSpec& spec, const Sight& sight);

  AlarmState state_ = AlarmState::kInactive;
  AlarmState before_ = AlarmState::kInactive;
  AlarmState rest_ = AlarmState::kInactive;  // where pending goes back to
  std::optional<core::BootTime> last_;       // step
  bool was_raised_ = false;                  // at the last step that could say
  bool was_ended_ = false;
  core::Duration raised_for_{};
  core::Duration ended_for_{};
  core::Duration unknown_for_{};
  core::Duration hold_more_{};  // beyond the rule's own, after a parent
  std::deque<core::BootTime> fired_;
  bool flapping_ = false;
};

}  // namespace telltale::rules
