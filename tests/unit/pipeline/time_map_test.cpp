// The mapping from the boot clock to wall time, over clocks that are held up between being read.
#include "daemon/pipeline/time_map.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace telltale::pipeline {
namespace {

using namespace std::chrono_literals;

// Time passes while the wall clock is read, as often as it is told to.
class HeldUpClock final : public core::Clock {
 public:
  void hold_up(core::Duration by, int times) {
    by_ = by;
    times_ = times;
  }
  void step_wall(core::Duration by) { clock_.step_wall(by); }
  [[nodiscard]] core::BootTime boot_now() const override { return clock_.boot_now(); }
  [[nodiscard]] core::WallTime wall_now() const override {
    if (times_ > 0) {
      --times_;
      clock_.advance(by_);
    }
    return clock_.wall_now();
  }
  [[nodiscard]] bool synchronised() const override { return true; }

 private:
  mutable test::ManualClock clock_;
  core::Duration by_{};
  mutable int times_ = 0;
};

constexpr core::BootTime kThen{5s};

TEST(TimeMap, StaysWhenTheThreadIsHeldUpBetweenTheClocks) {
  for (const int times : {1, 3, 1'000}) {
    HeldUpClock clock;
    TimeMap map(clock);
    const core::WallTime before = map.to_wall(kThen);
    for (const core::Duration by : {core::Duration(1ms), core::Duration(24ms), core::Duration(3s)}) {
      clock.hold_up(by, times);
      EXPECT_FALSE(map.refresh()) << times;
      EXPECT_EQ(map.to_wall(kThen), before) << times;
    }
  }
}

TEST(TimeMap, BeginsRightWhenTheThreadIsHeldUpAtTheStart) {
  HeldUpClock clock;
  const core::WallTime expected = TimeMap(clock).to_wall(kThen);
  clock.hold_up(24ms, 3);
  EXPECT_EQ(TimeMap(clock).to_wall(kThen), expected);
}

TEST(TimeMap, FollowsTheWallClockAndTellsItsSteps) {
  HeldUpClock clock;
  TimeMap map(clock);
  const core::WallTime before = map.to_wall(kThen);
  clock.step_wall(10ms);
  EXPECT_FALSE(map.refresh()) << "slewing";
  EXPECT_EQ(map.to_wall(kThen), before + 10ms);
  clock.step_wall(-1s);
  clock.hold_up(24ms, 2);
  const auto change = map.refresh();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->step, core::Duration(-1s));
  EXPECT_EQ(map.to_wall(kThen), before - 990ms);
}

TEST(TimeMap, CatchesUpWithAClockThatWasSetBackALittle) {
  test::ManualClock clock;
  TimeMap map(clock);
  clock.step_wall(-10s);
  ASSERT_TRUE(map.refresh());
  EXPECT_FALSE(map.certain());
  core::WallTime before = map.now();
  for (int i = 0; i < 40; ++i) {
    clock.advance(500ms);
    EXPECT_FALSE(map.refresh());
    EXPECT_GT(map.now(), before);
    before = map.now();
  }
  EXPECT_EQ(map.now(), clock.wall_now());
  EXPECT_TRUE(map.certain());
}

TEST(TimeMap, AStampHasOneTimeWhetherItComesBeforeAStepOrAfter) {
  test::ManualClock clock;
  TimeMap map(clock);
  clock.advance(10s);
  ASSERT_FALSE(map.refresh());
  const core::BootTime measured = clock.boot_now() - 1s;
  const core::WallTime time = map.to_wall(measured);
  for (const core::Duration step : {core::Duration(1h), core::Duration(-30s)}) {
    clock.step_wall(step);
    ASSERT_TRUE(map.refresh());
    EXPECT_EQ(map.to_wall(measured), time);
    clock.advance(100ms);
  }
}

TEST(TimeMap, CorrectsWhatAnUnsynchronisedClockGaveOnce) {
  test::ManualClock clock(core::from_ms(20'000));
  clock.set_synchronised(false);
  TimeMap map(clock);
  EXPECT_TRUE(map.provisional());
  const core::WallTime began = map.to_wall(core::BootTime{});
  clock.advance(100s);
  EXPECT_FALSE(map.refresh());
  const core::WallTime given = map.now();
  const auto away = std::chrono::hours(24 * 365 * 50);
  clock.step_wall(away);
  clock.set_synchronised(true);
  clock.advance(1s);
  const auto change = map.refresh();
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->synchronised);
  ASSERT_EQ(change->corrections.size(), 1U);
  const core::TimeCorrection& correction = change->corrections[0];
  EXPECT_EQ(correction.from, began);
  EXPECT_GE(correction.to, given);
  EXPECT_EQ(correction.shift, core::Duration(away));
  EXPECT_EQ(correction.since, 0U);
  EXPECT_TRUE(correction.certain);
  EXPECT_EQ(map.now(), clock.wall_now());
  EXPECT_FALSE(map.provisional());
  clock.advance(10s);
  EXPECT_FALSE(map.refresh());
}

}  // namespace
}  // namespace telltale::pipeline
