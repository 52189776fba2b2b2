// Aligned buckets of history: pandas' resample(every, closed=…, label=…, origin=…) in any time zone. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/core/aggregate.h"
#include "daemon/core/clock.h"
#include "daemon/core/selector.h"
#include "daemon/core/sketch.h"
#include "daemon/core/time_zone.h"

namespace telltale::core {

enum class Side : std::uint8_t { kLeft, kRight };
enum class Origin : std::uint8_t { kEpoch, kStartDay, kStart, kEnd, kEndDay, kTime };

struct BucketRule {
  Duration every{};           // > 0. Whole days are days of the calendar: of 23, 24 or 25 hours
  Side closed = Side::kLeft;  // which end of a bucket belongs to it
  Side label = Side::kLeft;   // which end is its time
  Origin origin = Origin::kStartDay;
  WallTime origin_time{};  // of kTime
  TimeZone zone;           // of days
};
// `epoch`, `start_day`, `start`, `end`, `end_day`.
[[nodiscard]] std::optional<Origin> origin_from(std::string_view text);

struct Bucket {
  WallTime begin{};
  WallTime end{};
};

// Where the buckets of a rule lie, for a span whose first and last time are given.
class Buckets {
 public:
  Buckets(const BucketRule& rule, WallTime first, WallTime last);
  [[nodiscard]] Bucket bucket_of(WallTime time) const;
  [[nodiscard]] bool holds(const Bucket& bucket, WallTime time) const {
    return rule_.closed == Side::kLeft ? time >= bucket.begin && time < bucket.end
                                       : time > bucket.begin && time <= bucket.end;
  }
  // The longest time of which every bucket's begin in [from, to) is a multiple, counted from 1970; 0: none that is
  // known.
  [[nodiscard]] Duration common_step(WallTime from, WallTime to) const;
  [[nodiscard]] WallTime label(const Bucket& bucket) const {
    return rule_.label == Side::kLeft ? bucket.begin : bucket.end;
  }

 private:
  [[nodiscard]] bool by_calendar() const { return rule_.every % std::chrono::days(1) == Duration{}; }
  BucketRule rule_;
  Duration anchor_{};  // since 1970; of the calendar, by the clock on the wall
};

// Sums readings up, bucket by bucket. Buckets without a reading do not appear. One owner.
class Resampler {
 public:
  struct Row {
    WallTime time{};
    double value = 0;
  };
  Resampler(const Buckets& buckets, Stat stat, CounterRule counter = {})
      : buckets_(buckets), stat_(stat), quantile_(quantile_of(stat)), counter_(counter) {}
  // In the order of time.
  void add(const Sample& sample);
  // Many that lie in one bucket.
  void add(const Aggregate& summed, const Sketch& sketch);
  [[nodiscard]] std::vector<Row> finish();

 private:
  void flush();
  void go_to(WallTime time);

  Buckets buckets_;
  Stat stat_;
  std::optional<double> quantile_;
  CounterRule counter_;
  Bucket bucket_;
  Aggregate all_;
  Sketch sketch_;
  std::optional<Sample> before_;
  std::vector<Row> rows_;
};

}  // namespace telltale::core
