// The pure rules of time: deadlines, back-off, rate limit, hang watch.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "daemon/host/backoff.h"
#include "daemon/host/hang_watch.h"
#include "daemon/host/poll_schedule.h"
#include "daemon/host/poll_timing.h"
#include "daemon/host/rate_limit.h"

namespace telltale::host {
namespace {

using core::BootTime;
using core::Duration;
using namespace std::chrono_literals;

TEST(PollSchedule, SkipsWhatHasPassedAndKeepsItsPhase) {
  struct Row {
    Duration ends_at;
    Duration next;
    std::uint64_t skipped;
  };
  const Row table[] = {
      {0s, 10s, 0},  {9s, 10s, 0},        {10s, 10s, 0},  {10s + 1ns, 20s, 1},
      {20s, 20s, 1}, {20s + 1ns, 30s, 2}, {95s, 100s, 9},
  };
  for (const Row& row : table) {
    PollSchedule schedule(BootTime(100s), 10s, 0s);
    EXPECT_EQ(schedule.deadline(), BootTime(100s));
    EXPECT_EQ(schedule.advance(BootTime(100s + row.ends_at)), row.skipped) << row.ends_at.count();
    EXPECT_EQ(schedule.deadline(), BootTime(100s + row.next)) << row.ends_at.count();
  }
}

TEST(PollSchedule, NeverDrifts) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& durations) {
    const Duration interval = 1s;
    PollSchedule schedule(BootTime(5s), interval, 0s);
    BootTime now(5s);
    std::uint64_t calls = 0;
    std::uint64_t skipped = 0;
    for (const std::uint32_t duration : durations) {
      now = std::max(now, schedule.deadline()) + Duration(duration);
      skipped += schedule.advance(now);
      ++calls;
      RC_ASSERT(schedule.deadline() >= now);
      RC_ASSERT(schedule.deadline() - now < 2 * interval);
      RC_ASSERT(schedule.deadline() == BootTime(5s) + static_cast<std::int64_t>(calls + skipped) * interval);
    }
  }));
}

TEST(PollSchedule, TakesItsOwnTimeInTheIntervalAfterAFirstPollAtOnce) {
  EXPECT_TRUE(rc::check([](std::uint32_t first_ms, std::uint32_t interval_ms, std::uint32_t phase_ms) {
    const Duration interval = std::chrono::milliseconds(1 + interval_ms % 100'000);
    const Duration phase = std::chrono::milliseconds(phase_ms) % interval;
    const BootTime first{std::chrono::milliseconds(first_ms)};
    PollSchedule schedule(first, interval, phase);
    RC_ASSERT(schedule.deadline() == first);
    RC_ASSERT(schedule.advance(first) == 0U);
    const BootTime second = schedule.deadline();
    RC_ASSERT(second.time_since_epoch() % interval == phase);
    RC_ASSERT(second - first >= interval / 2);
    RC_ASSERT(second - first < interval + interval / 2 + Duration(1));
    RC_ASSERT(schedule.advance(second) == 0U);
    RC_ASSERT(schedule.deadline() == second + interval);
  }));
}

TEST(PollSchedule, SpreadsInputsOfOneIntervalAndKeepsEachInItsPlace) {
  constexpr int kInputs = 400;
  std::array<int, 10> tenths{};
  for (int i = 0; i < kInputs; ++i) {
    const std::string id = "plc" + std::to_string(i);
    const Duration phase = phase_of(id, 1s);
    EXPECT_EQ(phase, phase_of(id, 1s));
    ASSERT_GE(phase, 0s);
    ASSERT_LT(phase, 1s);
    ++tenths[static_cast<std::size_t>(phase / 100ms)];
  }
  for (const int inputs : tenths) EXPECT_GT(inputs, kInputs / 10 / 2);
}

TEST(DurationHistogram, KnowsItsQuantilesToAQuarter) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& microseconds) {
    DurationHistogram histogram;
    std::vector<Duration> sorted;
    for (const std::uint32_t us : microseconds) {
      histogram.add(std::chrono::microseconds(us));
      sorted.emplace_back(std::chrono::microseconds(us));
    }
    if (sorted.empty()) {
      RC_ASSERT(histogram.quantile(0.99) == Duration{});
      return;
    }
    std::sort(sorted.begin(), sorted.end());
    RC_ASSERT(histogram.most() == sorted.back());
    const auto above = static_cast<std::size_t>(static_cast<double>(sorted.size()) * (1 - 0.5));
    const Duration exact = sorted[sorted.size() - 1 - above];
    RC_ASSERT(histogram.quantile(0.5) >= exact);
    if (exact < 30min) RC_ASSERT(histogram.quantile(0.5) <= exact + exact / 4 + 1us);
  }));
}

TEST(DurationHistogram, HasABucketForEveryDuration) {
  for (const std::int64_t ns : {std::int64_t{-5}, std::int64_t{0}, std::int64_t{255}, std::int64_t{256}, INT64_MAX}) {
    EXPECT_LT(DurationHistogram::bucket_of(std::max<std::int64_t>(0, ns)), DurationHistogram::kBuckets) << ns;
  }
  for (std::size_t bucket = 0; bucket + 1 < DurationHistogram::kBuckets; ++bucket) {
    EXPECT_EQ(DurationHistogram::bucket_of(DurationHistogram::end_of(bucket) - 1), bucket);
    EXPECT_EQ(DurationHistogram::bucket_of(DurationHistogram::end_of(bucket)), bucket + 1);
  }
}

TEST(Backoff, GivesUpAfterTenEndsInARowAndTriesEveryFiveMinutes) {
  const RandomSource middle = [] { return 250U; };
  Backoff backoff;
  for (int end = 1; end < 10; ++end) {
    static_cast<void>(backoff.after_run(59s, middle));
    EXPECT_FALSE(backoff.gave_up()) << end;
  }
  EXPECT_EQ(backoff.after_run(59s, middle), 5min);
  EXPECT_TRUE(backoff.gave_up());
  EXPECT_EQ(backoff.after_hopeless_run(0s, middle), 5min);
  EXPECT_EQ(backoff.after_run(60s, middle), 40ms) << "a healthy minute begins anew";
  EXPECT_FALSE(backoff.gave_up());
  for (int end = 0; end < 9; ++end) static_cast<void>(backoff.after_hopeless_run(0s, middle));
  EXPECT_TRUE(backoff.gave_up());
  backoff.reset();
  EXPECT_FALSE(backoff.gave_up());
}

TEST(Backoff, DoublesFromUnderAHundredMilliseconds) {
  Backoff backoff;
  const RandomSource middle = [] { return 250U; };
  const Duration expected[] = {40ms, 80ms, 160ms, 320ms, 640ms, 1'280ms, 2'560ms, 5'120ms, 10'240ms};
  for (const Duration delay : expected) EXPECT_EQ(backoff.after_run(1s, middle), delay);
  EXPECT_EQ(backoff.after_run(60s, middle), 40ms) << "a minute of health starts over";
  EXPECT_EQ(backoff.after_run(59s, middle), 80ms);
  backoff.reset();
  EXPECT_EQ(backoff.after_run(0s, middle), 40ms);
}

TEST(Backoff, SpreadsByAQuarter) {
  EXPECT_TRUE(rc::check([](std::uint64_t random) {
    Backoff backoff;
    const Duration delay = backoff.after_run(0s, [random] { return random; });
    RC_ASSERT(delay >= 30ms);
    RC_ASSERT(delay <= 50ms);
  }));
}

TEST(RateLimit, LetsTwentyThroughASecondAndCountsTheRest) {
  RateLimit limit(kLinesPerSecond);
  BootTime now(5s);
  int admitted = 0;
  for (int i = 0; i < 50; ++i) admitted += limit.admit(now) ? 1 : 0;
  EXPECT_EQ(admitted, 20);
  EXPECT_FALSE(limit.admit(now + 999ms));
  EXPECT_TRUE(limit.admit(now + 1s));
  EXPECT_EQ(limit.take_left_out(), 31U);
  EXPECT_EQ(limit.take_left_out(), 0U);
}

TEST(HangWatch, MeasuresWithItsOwnClockHowLongAWordStays) {
  HangWatch watch;
  const HangWatch::Time start{};
  EXPECT_EQ(watch.unchanged_for(7, start + 5s), 0s);
  EXPECT_EQ(watch.unchanged_for(7, start + 8s), 3s);
  EXPECT_EQ(watch.unchanged_for(INT64_MIN, start + 9s), 0s) << "any other value is a sign of life";
  EXPECT_EQ(watch.unchanged_for(INT64_MIN, start + 10s), 1s);
  watch.reset();
  EXPECT_EQ(watch.unchanged_for(INT64_MIN, start + 20s), 0s);
}

}  // namespace
}  // namespace telltale::host
