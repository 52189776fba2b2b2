// Every transition of an alarm, as a table: what is seen, for how long, and what state that gives.
#include "daemon/rules/alarm_machine.h"

#include <gtest/gtest.h>

namespace telltale::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Sight = AlarmMachine::Sight;

constexpr AlarmState kInactive = AlarmState::kInactive;
constexpr AlarmState kPending = AlarmState::kPending;
constexpr AlarmState kFiring = AlarmState::kFiring;
constexpr AlarmState kAcknowledged = AlarmState::kAcknowledged;
constexpr AlarmState kCleared = AlarmState::kCleared;
constexpr AlarmState kNoData = AlarmState::kNoData;
constexpr AlarmState kSuppressed = AlarmState::kSuppressed;

Sight high() { return {true, false, false, true}; }
Sight low() { return {false, true, false, true}; }
Sight between() { return {false, false, false, true}; }  // neither `when` nor `clear` holds
Sight nothing() { return {std::nullopt, false, false, true}; }
Sight under_parent(Sight sight) {
  sight.parent_fires = true;
  return sight;
}
Sight unwatched(Sight sight) {
  sight.watched = false;
  return sight;
}

// The clock moves a second with each step.
class Bench {
 public:
  explicit Bench(core::Duration hold = {}, core::Duration keep = {}) {
    spec_.hold = hold;
    spec_.keep = keep;
  }
  AlarmState see(const Sight& sight, int times = 1) {
    for (int i = 0; i < times; ++i) {
      changes_ += machine_.step(spec_, sight, now_) ? 1 : 0;
      now_ += seconds(1);
    }
    return machine_.state();
  }
  AlarmMachine& machine() { return machine_; }
  [[nodiscard]] int changes() const { return changes_; }

 private:
  core::RuleSpec spec_;
  AlarmMachine machine_;
  core::BootTime now_{seconds(100)};
  int changes_ = 0;
};

TEST(AlarmMachine, FiresAtOnceWithoutFor) {
  Bench bench;
  EXPECT_EQ(bench.see(low()), kInactive);
  EXPECT_EQ(bench.see(high()), kFiring);
  EXPECT_EQ(bench.see(high(), 10), kFiring);
  EXPECT_EQ(bench.changes(), 1);
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_EQ(bench.see(low(), 10), kCleared);
  EXPECT_EQ(bench.see(high()), kFiring);
}

TEST(AlarmMachine, WaitsForFor) {
  Bench bench(seconds(5));
  EXPECT_EQ(bench.see(high()), kPending);
  EXPECT_EQ(bench.see(high(), 4), kPending);
  EXPECT_EQ(bench.see(high()), kFiring);
}

TEST(AlarmMachine, ASingleSpikeOnlyPends) {
  Bench bench(seconds(5));
  EXPECT_EQ(bench.see(high(), 4), kPending);
  EXPECT_EQ(bench.see(low()), kInactive);
  EXPECT_EQ(bench.see(high(), 5), kPending) << "what was before does not count";
}

TEST(AlarmMachine, HysteresisHoldsBetweenWhenAndClear) {
  Bench bench;
  bench.see(high());
  EXPECT_EQ(bench.see(between(), 100), kFiring);
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_EQ(bench.see(between(), 100), kCleared);
}

TEST(AlarmMachine, KeepHasToBeOverForLong) {
  Bench bench({}, seconds(5));
  bench.see(high());
  EXPECT_EQ(bench.see(low(), 5), kFiring);
  EXPECT_EQ(bench.see(high()), kFiring);
  EXPECT_EQ(bench.see(low(), 5), kFiring);
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_EQ(bench.changes(), 2);
}

TEST(AlarmMachine, IsAcknowledgedBeforeOrAfterItsEnd) {
  Bench bench;
  EXPECT_FALSE(bench.machine().acknowledge()) << "nothing fires";
  bench.see(high());
  EXPECT_TRUE(bench.machine().acknowledge());
  EXPECT_EQ(bench.see(high(), 5), kAcknowledged);
  EXPECT_FALSE(bench.machine().acknowledge());
  EXPECT_EQ(bench.see(low()), kInactive);
  bench.see(high());
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_TRUE(bench.machine().acknowledge());
  EXPECT_EQ(bench.see(low()), kInactive);
}

TEST(AlarmMachine, WhatNobodyCanSeeNeitherFiresNorEnds) {
  Bench bench(seconds(5));
  EXPECT_EQ(bench.see(nothing(), 299), kInactive);
  EXPECT_EQ(bench.see(nothing(), 2), kNoData);
  EXPECT_EQ(bench.see(low()), kInactive);
  EXPECT_EQ(bench.see(high(), 3), kPending);
  EXPECT_EQ(bench.see(nothing(), 100), kPending) << "the time without readings is no time of it";
  EXPECT_EQ(bench.see(high(), 3), kPending);
  EXPECT_EQ(bench.see(high()), kFiring);
  EXPECT_EQ(bench.see(nothing(), 1000), kFiring);
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_EQ(bench.see(nothing(), 1000), kCleared);
}

TEST(AlarmMachine, NoDataFiresAsAnyOther) {
  Bench bench;
  bench.see(nothing(), 301);
  EXPECT_EQ(bench.machine().state(), kNoData);
  EXPECT_EQ(bench.see(high()), kFiring);
}

TEST(AlarmMachine, AParentSuppresses) {
  Bench bench;
  EXPECT_EQ(bench.see(under_parent(high())), kSuppressed);
  EXPECT_EQ(bench.see(under_parent(low())), kInactive);
  EXPECT_EQ(bench.see(under_parent(high()), 5), kSuppressed);
  EXPECT_EQ(bench.see(high()), kPending) << "it has time to get well after its parent";
  EXPECT_EQ(bench.see(high(), 29), kPending);
  EXPECT_EQ(bench.see(high(), 2), kFiring);
  EXPECT_EQ(bench.see(under_parent(high())), kSuppressed);
  EXPECT_EQ(bench.see(high()), kPending);
  EXPECT_EQ(bench.see(low()), kInactive);
  bench.see(high());
  bench.machine().acknowledge();
  EXPECT_EQ(bench.see(under_parent(high())), kAcknowledged) << "somebody has it in hand";
}

TEST(AlarmMachine, OutsideOfItsScheduleItRests) {
  Bench bench(seconds(5));
  EXPECT_EQ(bench.see(unwatched(high()), 100), kInactive);
  EXPECT_EQ(bench.see(high(), 5), kPending);
  EXPECT_EQ(bench.see(unwatched(high())), kInactive);
  EXPECT_EQ(bench.see(high(), 6), kFiring);
  EXPECT_EQ(bench.see(unwatched(high())), kInactive);
  bench.see(high(), 6);
  bench.see(low());
  EXPECT_EQ(bench.see(unwatched(low())), kCleared) << "somebody has yet to see it";
}

TEST(AlarmMachine, FlappingIsDamped) {
  Bench bench;
  for (std::size_t i = 0; i < AlarmMachine::kFlaps; ++i) {
    EXPECT_EQ(bench.see(high()), kFiring);
    if (i + 1 < AlarmMachine::kFlaps) {
      EXPECT_EQ(bench.see(low()), kCleared);
    }
  }
  EXPECT_TRUE(bench.machine().flapping());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(bench.see(low()), kFiring);
    EXPECT_EQ(bench.see(high()), kFiring);
  }
  EXPECT_EQ(bench.see(low(), 300), kFiring);
  EXPECT_EQ(bench.see(low()), kCleared);
  EXPECT_FALSE(bench.machine().flapping());
}

TEST(AlarmMachine, ARestartGoesOn) {
  for (const AlarmState state : {kFiring, kAcknowledged, kCleared, kSuppressed, kNoData, kInactive}) {
    Bench bench;
    bench.machine().restore(state);
    EXPECT_EQ(bench.see(nothing(), 3), state);
    EXPECT_EQ(bench.changes(), 0);
  }
  Bench firing;
  firing.machine().restore(kFiring);
  EXPECT_EQ(firing.see(high(), 10), kFiring);
  EXPECT_EQ(firing.changes(), 0) << "it does not fire again";
  EXPECT_EQ(firing.see(low()), kCleared);
  Bench pending(seconds(5));
  pending.machine().restore(kPending);
  EXPECT_EQ(pending.machine().state(), kInactive);
}

}  // namespace
}  // namespace telltale::rules
