#include "daemon/core/rolling.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "daemon/core/resample.h"

namespace telltale::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

WallTime at(Duration since) { return from_ms(1'700'000'000'000) + since; }

Rolling::Options options(const char* stat, Closed closed = Closed::kRight) {
  Rolling::Options made;
  made.stat = parse_window_stat(stat).value();
  made.closed = closed;
  return made;
}

RC_GTEST_PROP(RollingProperty, IsWhatAllReadingsOfTheWindowAmountTo, ()) {
  const auto count = *rc::gen::inRange(1, 2000);
  const auto window = *rc::gen::inRange(1, 1500);
  const auto stat = *rc::gen::element(Stat::kSum, Stat::kMean, Stat::kMin, Stat::kMax, Stat::kFirst, Stat::kStd);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  Rolling::Options wanted;
  wanted.stat = {stat, milliseconds(window)};
  Rolling rolling(wanted);
  std::vector<Sample> samples;
  std::int64_t ms = 0;
  for (int i = 0; i < count; ++i) {
    ms += static_cast<std::int64_t>(random() % 4 + 1 + (random() % 500 == 0 ? 1000 : 0));
    samples.push_back({at(milliseconds(ms)), static_cast<double>(random() % 1000) / 8});
    rolling.add(samples.back());
    if (random() % 3 == 0) continue;
    Aggregate all;
    const auto in_window = [&](const Sample& sample) { return sample.time > at(milliseconds(ms - window)); };
    const auto first = std::find_if_not(samples.rbegin(), samples.rend(), in_window);
    std::for_each(samples.rbegin(), first, [&](const Sample& sample) { all.add(sample); });
    RC_ASSERT(std::abs(rolling.at(samples.back().time) - all.stat(stat)) < 1e-9 || all.count < 2);
  }
}

TEST(Rolling, AnOutlierLeavesNoTrace) {
  for (const char* stat : {"mean_10s", "sum_10s", "std_10s", "p99_10s", "max_10s"}) {
    Rolling with(options(stat));
    Rolling without(options(stat));
    with.add({at(seconds(0)), 1e300});
    for (int i = 1; i <= 1000; ++i) {
      const Sample sample{at(milliseconds(100 * i)), 0.1 * (i % 7)};
      with.add(sample);
      without.add(sample);
      const double got = with.at(sample.time);
      const double want = without.at(sample.time);
      if (i <= 100) continue;
      EXPECT_NEAR(got, want, 1e-12) << stat;
    }
  }
}

TEST(Rolling, TooFewReadingsHaveNoValue) {
  auto wanted = options("count_10s");
  wanted.min_periods = 2;
  Rolling rolling(wanted);
  rolling.add({at(seconds(1)), 5});
  EXPECT_TRUE(std::isnan(rolling.at(at(seconds(1)))));
  rolling.add({at(seconds(2)), 5});
  EXPECT_EQ(rolling.at(at(seconds(2))), 2.0);
  EXPECT_TRUE(std::isnan(rolling.at(at(seconds(30)))));
}

TEST(Rolling, ACounterCountsOnFromTheReadingBefore) {
  Rolling rolling(options("increase_10s"));
  Rolling rate(options("rate_10s"));
  for (int i = 0; i <= 100; ++i) {
    const Sample sample{at(seconds(i)), static_cast<double>(i % 60) * 2};  // begins again at zero once a minute
    rolling.add(sample);
    rate.add(sample);
    const double got = rolling.at(sample.time);
    const double per_second = rate.at(sample.time);
    if (i < 10) continue;
    const bool restarted = i >= 60 && i < 70;
    EXPECT_EQ(got, restarted ? 18.0 : 20.0) << i;
    EXPECT_DOUBLE_EQ(per_second, got / 10) << i;
  }
}

TEST(TimeZone, KnowsDaysOf23And25Hours) {
  const auto zone = TimeZone::load("Europe/Berlin");
  ASSERT_TRUE(zone);
  BucketRule rule;
  rule.every = std::chrono::days(1);
  rule.zone = *zone;
  const auto hours_of = [&](WallTime time) {
    const Buckets buckets(rule, time, time);
    const Bucket day = buckets.bucket_of(time);
    return std::chrono::duration_cast<std::chrono::hours>(day.end - day.begin).count();
  };
  using namespace std::chrono;
  EXPECT_EQ(hours_of(sys_days(2024y / March / 31) + hours(12)), 23);
  EXPECT_EQ(hours_of(sys_days(2024y / October / 27) + hours(12)), 25);
  EXPECT_EQ(hours_of(sys_days(2024y / June / 1) + hours(12)), 24);
  // Far behind the last change that the file lists: by its rule.
  EXPECT_EQ(hours_of(sys_days(2090y / March / 26) + hours(12)), 23);
  EXPECT_EQ(hours_of(sys_days(2090y / October / 29) + hours(12)), 25);
}

TEST(TimeZone, EveryMomentComesBackOrIsTheFirstOfTwo) {
  for (const char* name : {"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}) {
    const auto zone = TimeZone::load(name);
    ASSERT_TRUE(zone) << name;
    for (int hour = 0; hour < 24 * 366 * 3; ++hour) {
      const WallTime time =
          WallTime(std::chrono::sys_days(std::chrono::year(2010) / 12 / 1)) + std::chrono::minutes(60 * hour + 30);
      const WallTime back = zone->to_wall(zone->to_local(time));
      EXPECT_LE(back, time) << name;
      EXPECT_GE(back, time - std::chrono::hours(1)) << name;
      EXPECT_EQ(zone->to_local(back), zone->to_local(time)) << name;
    }
  }
}

TEST(TimeZone, RefusesWhatIsNone) {
  for (const char* name : {"", "Mars/Olympus", "../../../etc/passwd", "/etc/localtime", "Europe", "zone.tab"}) {
    EXPECT_FALSE(TimeZone::load(name)) << name;
  }
}

RC_GTEST_PROP(TimeZoneProperty, AnyBytesAreReadOrRefused, ()) {
  auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  (void)TimeZone::parse(bytes);
  std::string head = "TZif2";
  head.resize(44);
  head[35] = static_cast<char>(*rc::gen::inRange(0, 4));
  head[39] = static_cast<char>(*rc::gen::inRange(0, 4));
  const auto zone = TimeZone::parse(head + bytes + head + bytes + "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
  if (zone) (void)zone->to_wall(zone->to_local(at(seconds(0))));
}

}  // namespace
}  // namespace telltale::core
