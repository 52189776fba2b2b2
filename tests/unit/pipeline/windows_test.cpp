#include "daemon/pipeline/windows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::pipeline {
namespace {

using core::Aggregate;
using core::Closed;
using core::Sample;
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
    std::map<WallTime, double> by_time;  // the last that came stays
    Windows windows(kLengths);
    for (int i = 0; i < count; ++i) {
      const auto offset = milliseconds(*rc::gen::inRange(0, 200'000));
      const Sample sample{at(offset), static_cast<double>(*rc::gen::inRange(-1000, 1000)) / 8};
      by_time[sample.time] = sample.value;
      windows.add(sample);
    }
    std::vector<Sample> samples;
    samples.reserve(by_time.size());
    for (const auto& [time, value] : by_time) samples.push_back({time, value});
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
      RC_ASSERT(std::abs(got.lift - expected.lift) < 1e-6);
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

double value_at_rank(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

TEST(Windows, TakesEitherEndInAsAsked) {
  Windows windows(kLengths);
  for (int i = 0; i <= 10; ++i) windows.add({at(seconds(i)), 1.0});
  const auto count = [&](Closed closed) { return windows.evaluate(seconds(10), at(seconds(10)), closed).count; };
  EXPECT_EQ(count(Closed::kRight), 10U);
  EXPECT_EQ(count(Closed::kLeft), 10U);
  EXPECT_EQ(count(Closed::kBoth), 11U);
  EXPECT_EQ(count(Closed::kNeither), 9U);
}

TEST(Windows, TwoReadingsOfOneTimeAreOne) {
  Windows windows(kLengths);
  for (int i = 0; i < 200; ++i) windows.add({at(milliseconds(100) * i), 1.0});
  for (int i = 0; i < 200; ++i) windows.add({at(milliseconds(100) * i), 5.0});
  const Aggregate all = windows.evaluate(minutes(1), at(seconds(20)));
  EXPECT_EQ(all.count, 200U);
  EXPECT_EQ(all.sum, 1000.0);
  EXPECT_EQ(windows.held(), 200U);
}

TEST(Windows, QuantilesOfReadingsAtHandAreExact) {
  Windows windows(kLengths);
  std::mt19937 random(5);
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) {
    const double value = static_cast<double>(random() % 100'000) / 100 - 500;
    windows.add({at(seconds(i)), value});
    if (i >= 100) values.push_back(value);
  }
  for (const auto& [stat, q] :
       {std::pair(Stat::kP50, 0.5), {Stat::kP90, 0.9}, {Stat::kP95, 0.95}, {Stat::kP99, 0.99}}) {
    EXPECT_EQ(windows.stat({stat, minutes(15)}, at(seconds(999))), value_at_rank(values, q));
  }
  EXPECT_TRUE(std::isnan(windows.stat({Stat::kP50, minutes(1)}, at(hours(2)))));
}

TEST(Windows, QuantilesOfAPanedWindowAreWithinOnePercent) {
  Windows windows(kLengths);
  std::mt19937 random(5);
  std::normal_distribution<double> normal(20, 30);
  std::vector<double> values;
  for (int i = 0; i < 80'000; ++i) {
    const double value = normal(random);
    windows.add({at(seconds(i)), value});
    values.push_back(value);
  }
  const WallTime now = at(seconds(79'999));
  ASSERT_FALSE(windows.exact(hours(24), now));
  for (const auto& [stat, q] :
       {std::pair(Stat::kP50, 0.5), {Stat::kP90, 0.9}, {Stat::kP95, 0.95}, {Stat::kP99, 0.99}}) {
    const double exact = value_at_rank(values, q);
    EXPECT_NEAR(windows.stat({stat, hours(24)}, now), exact, std::abs(exact) * 0.0100001) << q;
  }
}

TEST(Windows, AnOutlierLeavesNoTraceInPanesEither) {
  Windows windows(kLengths);
  windows.add({at(seconds(0)), 1e300});
  for (int i = 1; i <= 180'000; ++i) windows.add({at(seconds(i)), 0.1});
  const WallTime now = at(seconds(180'000));
  ASSERT_FALSE(windows.exact(hours(24), now));
  EXPECT_EQ(windows.stat({Stat::kMax, hours(24)}, now), 0.1);
  EXPECT_DOUBLE_EQ(windows.stat({Stat::kMean, hours(24)}, now), 0.1);
  EXPECT_NEAR(windows.stat({Stat::kStd, hours(24)}, now), 0.0, 1e-12);
  EXPECT_NEAR(windows.stat({Stat::kP99, hours(24)}, now), 0.1, 1e-12);
}

TEST(Windows, ALongerWindowThanAnyConfiguredHasNoValue) {
  Windows windows(kLengths);
  windows.add({at(seconds(0)), 1});
  EXPECT_TRUE(windows.covers(hours(24)));
  EXPECT_FALSE(windows.covers(hours(25)));
  EXPECT_TRUE(std::isnan(windows.stat({Stat::kSum, hours(25)}, at(seconds(0)))));
}

TEST(Windows, AWindowThatIsNotConfiguredHasThePanesOfTheNextLonger) {
  Windows windows(kLengths);
  for (int i = 0; i < 80'000; ++i) windows.add({at(seconds(i)), 1.0});
  const WallTime now = at(seconds(79'999));
  const double counted = windows.stat({Stat::kCount, hours(10)}, now);
  EXPECT_LE(counted, 36'000);
  EXPECT_GE(counted, 36'000 - 86'400.0 / 60);
}

TEST(Windows, MemoryIsBoundedWhateverComes) {
  Windows windows({kLengths});
  std::mt19937_64 random(11);
  for (int i = 0; i < 300'000; ++i) {
    windows.add({at(milliseconds(static_cast<std::int64_t>(random() % 200'000'000))),
                 std::ldexp(1.0, static_cast<int>(random() % 2000) - 1000)});
    ASSERT_LE(windows.held(), Windows::kMaxExact + 128);
  }
}

class CounterWindows : public testing::Test {
 protected:
  void give(std::initializer_list<double> values) {
    for (const double value : values) windows_.add({at(seconds(++second_)), value});
  }
  double increase(core::Duration length = minutes(1)) {
    return windows_.stat({Stat::kIncrease, length}, at(seconds(second_)));
  }
  Windows windows_{kLengths, core::CounterRule{65'536, 5}};
  int second_ = 0;
};

TEST_F(CounterWindows, CountOnFromTheReadingBeforeTheWindow) {
  for (int i = 0; i < 100; ++i) give({1000.0 + 2 * i});
  EXPECT_EQ(increase(seconds(10)), 20.0);
  EXPECT_EQ(windows_.stat({Stat::kRate, seconds(10)}, at(seconds(second_))), 2.0);
  EXPECT_EQ(windows_.stat({Stat::kIncrease, seconds(10)}, at(seconds(second_ + 20))), 0.0);
  EXPECT_TRUE(std::isnan(windows_.stat({Stat::kRate, seconds(10)}, at(seconds(second_ + 20)))));
}

TEST_F(CounterWindows, BeginAgainAtZeroAfterAReset) {
  give({1000, 1010, 3, 7});
  EXPECT_EQ(increase(), 10 + 3 + 4);
}

TEST_F(CounterWindows, GoOnAfterARollover) {
  give({65'530, 4, 10});
  EXPECT_EQ(increase(), 10 + 6);
}

TEST_F(CounterWindows, CountADipBack) {
  give({1000, 1010, 1006, 1012});
  EXPECT_EQ(increase(), 12);
}

TEST_F(CounterWindows, NeverGrowByALateReading) {
  give({1000, 1010, 1020});
  windows_.add({at(seconds(2)) + milliseconds(500), 1015});
  EXPECT_EQ(increase(), 20);
}

TEST_F(CounterWindows, AreThoseOfThePanesToo) {
  double total = 0;
  for (int i = 0; i < 50'000; ++i) {
    give({static_cast<double>(i % 1000)});
    total += i % 1000 == 0 ? 0 : 1;
  }
  ASSERT_FALSE(windows_.exact(hours(24), at(seconds(second_))));
  EXPECT_EQ(increase(hours(24)), total);
}

TEST(Windows, AdoptWhatTheStoreHasAndKeepWhatCameMeanwhile) {
  Windows live(kLengths);
  Windows history(kLengths);
  for (int i = 0; i < 30'000; ++i) history.add({at(seconds(i)), 1.0});
  for (int i = 29'990; i < 30'010; ++i) live.add({at(seconds(i)), 1.0});
  live.adopt(std::move(history));
  EXPECT_EQ(live.stat({Stat::kSum, hours(24)}, at(seconds(30'009))), 30'010.0);
  EXPECT_EQ(live.stat({Stat::kCount, seconds(10)}, at(seconds(30'009))), 10.0);
}

TEST(Windows, MoveWithTheClockThatGaveTheirTimes) {
  for (const int readings : {500, 20'000}) {
    Windows moved(kLengths);
    Windows right(kLengths);
    const core::Duration by = hours(24 * 3650);
    for (int i = 0; i < readings; ++i) {
      moved.add({at(seconds(i)), static_cast<double>(i)});
      right.add({at(seconds(i)) + by, static_cast<double>(i)});
    }
    moved.shift(at(seconds(0)), at(seconds(readings)), by);
    const WallTime now = at(seconds(readings - 1)) + by;
    for (const core::Duration length : kLengths) {
      expect_same(moved.evaluate(length, now), right.evaluate(length, now));
    }
  }
}

}  // namespace
}  // namespace telltale::pipeline
