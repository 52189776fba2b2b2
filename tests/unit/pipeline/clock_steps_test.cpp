// What happens to readings when somebody, or something, sets the clock.
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/pipeline/engine.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::pipeline {
namespace {

using core::Quality;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Source = Engine::Stamp::Source;

// A device whose clock says so much at its start.
class Device {
 public:
  explicit Device(core::WallTime wall, bool synchronised = true) : clock(wall) {
    clock.set_synchronised(synchronised);
    engine = std::make_unique<Engine>(EngineOptions{{seconds(10), minutes(1), hours(24)}}, registry_, watches_, history,
                                      clock, core::Logger(core::make_null_sink(), "test"));
    engine->set_live(&live);
  }
  SeriesState& series(const char* name) const { return *engine->declare("plc", test::gauge(name)); }
  // Passes with a reading each, `between` apart; their values count up.
  void measure(int count, core::Duration between = milliseconds(20)) {
    for (int i = 0; i < count; ++i) {
      clock.advance(between);
      engine->begin_pass();
      // Taken a little before the pass, as those of a ring.
      const auto boot = (clock.boot_now() - milliseconds(3)).time_since_epoch().count();
      engine->take(series("stamped"), {Source::kBoot, boot}, value, Quality::kGood);
      engine->take(series("given"), {}, value, Quality::kGood);
      ASSERT_TRUE(engine->finish_pass().has_value());
      value += 1;
    }
  }
  void expect_nothing_lost_and_nothing_inverted() {
    std::map<core::SeriesId, std::vector<core::Reading>> by_series;
    for (const core::Reading& reading : history.readings) by_series[reading.series].push_back(reading);
    ASSERT_EQ(by_series.size(), 2U);
    for (const auto& [id, readings] : by_series) {
      ASSERT_EQ(readings.size(), static_cast<std::size_t>(value));
      for (std::size_t i = 0; i < readings.size(); ++i) {
        ASSERT_EQ(readings[i].value, static_cast<double>(i));
        ASSERT_TRUE(i == 0 || readings[i - 1].time < readings[i].time) << "reading " << i;
      }
    }
  }
  [[nodiscard]] core::LatestRow latest(const char* selector) const {
    auto rows = engine->latest({core::Selector::parse(selector).value()});
    return rows.empty() ? core::LatestRow{} : rows.front();
  }

  test::ManualClock clock;
  test::RecordingHistory history;
  test::RecordingLive live;
  std::unique_ptr<Engine> engine;
  double value = 0;

 private:
  Registry registry_{{}};
  WatchTable watches_;
};

const core::WallTime kNow = core::from_ms(1'760'000'000'000);

// From a second to ten years, forth and back, in every order of magnitude.
std::vector<core::Duration> steps(unsigned seed, int count) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> magnitude(0, std::log10(10 * 365.25 * 86'400));
  std::vector<core::Duration> made;
  core::Duration sum{};
  for (int i = 0; i < count; ++i) {
    const double length = std::pow(10, magnitude(random));
    core::Duration step = std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(length));
    // So that the clock stays within what it can show.
    if (sum > core::Duration{} ? random() % 3 != 0 : random() % 3 == 0) step = -step;
    sum += step;
    made.push_back(step);
  }
  return made;
}

TEST(ClockSteps, FiveHundredLoseNothingAndInvertNothing) {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    Device device(kNow);
    std::mt19937 random(seed);
    device.measure(10);
    for (const core::Duration step : steps(seed, 100)) {
      device.clock.step_wall(step);
      device.measure(static_cast<int>(random() % 10), milliseconds(random() % 3000 + 1));
    }
    device.measure(10);
    device.expect_nothing_lost_and_nothing_inverted();
    // And it is the clock's time again, or on its way there.
    EXPECT_LE(std::chrono::abs(device.latest("given").time - device.clock.wall_now()), TimeMap::kCatchUp) << seed;
  }
}

TEST(ClockSteps, WhileTheClockIsNotSynchronisedAndUntilItIs) {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    Device device(core::from_ms(5'000), false);
    device.measure(10);
    for (const core::Duration step : steps(seed, 50)) {
      device.clock.step_wall(step);
      device.measure(3);
    }
    device.clock.step_wall(kNow - device.clock.wall_now());
    device.clock.set_synchronised(true);
    device.clock.advance(seconds(1));
    device.measure(5);
    device.expect_nothing_lost_and_nothing_inverted();
    for (const core::Reading& reading : device.history.readings) {
      EXPECT_EQ(reading.quality, Quality::kGood);
      EXPECT_LE(std::chrono::abs(reading.time - kNow), minutes(1));
    }
  }
}

TEST(ClockSteps, ADeviceThatBootsIn1970IsCorrectedOnce) {
  Device device(core::from_ms(12'000), false);
  device.measure(100);
  for (const core::Reading& reading : device.history.readings) {
    EXPECT_EQ(reading.quality, Quality::kUncertain);
    EXPECT_LT(reading.time, core::from_ms(60'000));
  }
  EXPECT_EQ(device.latest("given").quality, Quality::kUncertain);
  device.clock.step_wall(kNow - device.clock.wall_now());
  device.clock.set_synchronised(true);
  device.clock.advance(seconds(2));
  device.measure(1);
  ASSERT_EQ(device.history.corrections.size(), 1U);
  EXPECT_EQ(device.live.rewritten_spans().size(), 1U);
  device.expect_nothing_lost_and_nothing_inverted();
  for (const core::Reading& reading : device.history.readings) {
    EXPECT_EQ(reading.quality, Quality::kGood);
    EXPECT_GT(reading.time, kNow - seconds(10));
  }
  // The windows and the newest reading went along.
  EXPECT_EQ(device.latest("given@count_10s").value, 101);
  EXPECT_EQ(device.latest("given").quality, Quality::kGood);
  EXPECT_EQ(device.engine->counters().late.load(), 0U);
  device.measure(100, seconds(1));
  EXPECT_EQ(device.history.corrections.size(), 1U);
}

TEST(ClockSteps, ASourcesOwnTimeIsNotMoved) {
  Device device(kNow - hours(1), false);
  device.engine->begin_pass();
  const core::WallTime own = kNow - hours(2);
  device.engine->take(device.series("own"), {Source::kWall, own.time_since_epoch().count()}, 1, Quality::kGood);
  // Another that is not set: as ours.
  const core::WallTime unset = core::from_ms(99'000);
  device.engine->take(device.series("unset"), {Source::kWall, unset.time_since_epoch().count()}, 1, Quality::kGood);
  // Ahead of us, as far as we know: it is from now, and now is corrected.
  device.engine->take(device.series("ahead"), {Source::kWall, kNow.time_since_epoch().count()}, 1, Quality::kGood);
  ASSERT_TRUE(device.engine->finish_pass().has_value());
  device.clock.step_wall(hours(1));
  device.clock.set_synchronised(true);
  device.clock.advance(seconds(2));
  device.measure(1);
  EXPECT_EQ(device.history.readings[0].time, own);
  EXPECT_EQ(device.history.readings[0].quality, Quality::kGood);
  EXPECT_EQ(device.history.readings[1].quality, Quality::kUncertain);
  EXPECT_EQ(device.history.readings[2].time, kNow + seconds(1));  // the second that the clock had run
  EXPECT_EQ(device.history.readings[2].quality, Quality::kGood);
}

TEST(ClockSteps, ALeapSmearIsFollowedWithoutAStep) {
  Device device(kNow);
  for (int i = 0; i < 1000; ++i) {
    device.clock.step_wall(core::Duration(-11'574));  // a second in a day
    device.measure(1, seconds(1));
  }
  device.expect_nothing_lost_and_nothing_inverted();
  EXPECT_TRUE(device.history.corrections.empty());
  for (const core::Reading& reading : device.history.readings) EXPECT_EQ(reading.quality, Quality::kGood);
  EXPECT_LE(std::chrono::abs(device.latest("given").time - device.clock.wall_now()), milliseconds(1));
}

// Who sends readings on must not send times that are still to be corrected.
TEST(ClockSteps, ThatTheClockIsKnownIsSaidOnceBehindTheCorrectionAndBeforeWhatIsPublishedUnderIt) {
  Device device(core::from_ms(1'000), false);
  device.measure(3);
  EXPECT_TRUE(device.live.told().empty());
  const std::size_t before = device.live.readings().size();
  device.clock.step_wall(hours(1'000));
  device.clock.set_synchronised(true);
  device.measure(100, milliseconds(50));
  const auto told = device.live.told();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].what, "moved");
  EXPECT_EQ(told.back().what, "known");
  EXPECT_GT(device.live.readings().size(), before);
  for (const core::Reading& reading : device.live.readings()) {
    if (reading.quality == Quality::kUncertain) continue;
    EXPECT_GT(reading.time, core::from_ms(1'000) + hours(999));
  }
}

TEST(ClockSteps, AClockThatIsKnownFromTheStartIsSaidBeforeAnythingIsPublished) {
  Device device(core::from_ms(1'700'000'000'000));
  device.measure(3);
  const auto told = device.live.told();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].what, "known");
  EXPECT_EQ(told[0].batches, 0U);
}

}  // namespace
}  // namespace telltale::pipeline
