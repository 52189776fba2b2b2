#include "daemon/pipeline/windows.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::pipeline {
namespace {

using core::Stat;
using core::WallTime;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const std::vector<core::Duration> kLengths{seconds(10), minutes(1), minutes(15), hours(1), hours(24)};

WallTime at(core::Duration since) { return core::from_ms(1'700'000'000'000) + since; }

// What a window is by definition: all readings in (now - length, now], one after the other.
Aggregate naive(const std::vector<Sample>& samples, core::Duration length, WallTime now) {
  Aggregate all;
  for (const Sample& sample : samples) {
    if (sample.time > now - length && sample.time <= now) all.add(sample);
  }
  return all;
}

void expect_same(const Aggregate& got, const Aggregate& expected) {
  ASSERT_EQ(got.count, expected.count);
  for (const Stat stat :
       {Stat::kSum, Stat::kMean, Stat::kMin, Stat::kMax, Stat::kFirst, Stat::kLast, Stat::kDelta, Stat::kStd}) {
    const double want = expected.stat(stat);
    if (std::isnan(want)) {
      EXPECT_TRUE(std::isnan(got.stat(stat))) << core::to_text(stat);
    } else {
      EXPECT_NEAR(got.stat(stat), want, 1e-9 * std::max(1.0, std::abs(want))) << core::to_text(stat);
    }
  }
}

TEST(Windows, KnowsNothingBeforeTheFirstReading) {
  const Windows windows(kLengths);
  const Aggregate all = windows.evaluate(minutes(1), at(seconds(0)));
  EXPECT_EQ(all.count, 0U);
  EXPECT_TRUE(std::isnan(all.stat(Stat::kMean)));
  EXPECT_EQ(all.stat(Stat::kSum), 0.0);
}

TEST(Windows, IsOpenOnTheLeftAndClosedOnTheRight) {
  Windows windows(kLengths);
  windows.add({at(seconds(0)), 1});
  windows.add({at(seconds(10)), 2});
  EXPECT_EQ(windows.evaluate(seconds(10), at(seconds(10))).stat(Stat::kSum), 2.0);
  EXPECT_EQ(windows.evaluate(seconds(10), at(seconds(10) - core::Duration(1))).stat(Stat::kSum), 1.0);
}

TEST(Windows, SlidesWithoutReadings) {
  Windows windows(kLengths);
  for (int i = 0; i < 10; ++i) windows.add({at(seconds(i)), 1.0});
  EXPECT_EQ(windows.evaluate(seconds(10), at(seconds(9))).count, 10U);
  EXPECT_EQ(windows.evaluate(seconds(10), at(seconds(15))).count, 4U);
  EXPECT_EQ(windows.evaluate(seconds(10), at(seconds(30))).count, 0U);
}

TEST(Windows, AnOutlierLeavesNoTrace) {
  Windows windows(kLengths);
  windows.add({at(seconds(0)), 1e300});
  for (int i = 1; i <= 20; ++i) windows.add({at(seconds(i)), 0.1});
  const Aggregate all = windows.evaluate(seconds(10), at(seconds(20)));
  EXPECT_EQ(all.count, 10U);
  EXPECT_DOUBLE_EQ(all.stat(Stat::kMean), 0.1);
  EXPECT_NEAR(all.stat(Stat::kStd), 0.0, 1e-15);
}

TEST(Windows, StandardDeviationNeedsTwoReadings) {
  Windows windows(kLengths);
  windows.add({at(seconds(0)), 4});
  EXPECT_TRUE(std::isnan(windows.evaluate(minutes(1), at(seconds(0))).stat(Stat::kStd)));
  windows.add({at(seconds(1)), 8});
  EXPECT_NEAR(windows.evaluate(minutes(1), at(seconds(1))).stat(Stat::kStd), std::sqrt(8.0), 1e-12);
}

TEST(Windows, EqualsTheDefinitionForReadingsInAnyOrder) {
  EXPECT_TRUE(rc::check("any readings, any order, any window", [] {
    const auto count = *rc::gen::inRange(1, 700);
    std::vector<Sample> samples;
    Windows windows(kLengths);
    for (int i = 0; i < count; ++i) {
      const auto offset = milliseconds(*rc::gen::inRange(0, 200'000));
      const Sample sample{at(offset), static_cast<double>(*rc::gen::inRange(-1000, 1000)) / 8};
      samples.push_back(sample);
      windows.add(sample);
    }
    const WallTime now = at(milliseconds(*rc::gen::inRange(0, 260'000)));
    for (const core::Duration length : kLengths) {
      const Aggregate got = windows.evaluate(length, now);
      const Aggregate expected = naive(samples, length, now);
      RC_ASSERT(got.count == expected.count);
      RC_ASSERT(std::abs(got.sum - expected.sum) < 1e-6);
      RC_ASSERT(got.min == expected.min);
      RC_ASSERT(got.max == expected.max);
      RC_ASSERT(got.first.time == expected.first.time);
      RC_ASSERT(got.last.time == expected.last.time);
    }
  }));
}

TEST(Windows, ShortOnesStayExactWhenLongOnesNeedPanes) {
  Windows windows(kLengths);
  std::vector<Sample> samples;
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    samples.push_back({at(seconds(i)), static_cast<double>(random() % 1000)});
    windows.add(samples.back());
  }
  const WallTime now = samples.back().time;
  EXPECT_LE(windows.held(), Windows::kMaxExact + 64);
  for (const core::Duration length : {kLengths[0], kLengths[1], kLengths[2], kLengths[3]}) {
    EXPECT_TRUE(windows.exact(length, now));
    expect_same(windows.evaluate(length, now), naive(samples, length, now));
  }
  EXPECT_FALSE(windows.exact(hours(24), now));
  expect_same(windows.evaluate(hours(24), now), naive(samples, hours(24), now));
}

TEST(Windows, APanedWindowIsAtMostOnePaneShort) {
  Windows windows(kLengths);
  std::vector<Sample> samples;
  for (int i = 0; i < 60'000; ++i) {
    samples.push_back({at(milliseconds(100) * i), 1.0});
    windows.add(samples.back());
  }
  const WallTime now = samples.back().time;
  const Aggregate hour = windows.evaluate(hours(1), now);
  EXPECT_LE(hour.count, 36'000U);
  EXPECT_GE(hour.count, 36'000U - 600U);
}

TEST(Windows, LateReadingsReachTheirPane) {
  Windows windows(kLengths);
  for (int i = 0; i < 10'000; ++i) windows.add({at(seconds(10) * i), 1.0});
  const WallTime now = at(seconds(10) * 9'999);
  const double before = windows.evaluate(hours(24), now).stat(Stat::kMax);
  windows.add({now - hours(20), 99.0});
  EXPECT_EQ(before, 1.0);
  EXPECT_EQ(windows.evaluate(hours(24), now).stat(Stat::kMax), 99.0);
}

}  // namespace
}  // namespace telltale::pipeline
