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
  EXPECT_EQ(map.refresh(), std::optional<core::Duration>(-1s));
  EXPECT_EQ(map.to_wall(kThen), before - 990ms);
}

}  // namespace
}  // namespace telltale::pipeline
