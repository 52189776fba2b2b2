// What the readings of one bucket amount to: mergeable, and never subtracted from. A value; no thread of its own.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "daemon/core/counter.h"
#include "daemon/core/selector.h"
#include "daemon/core/sketch.h"

namespace telltale::store {

struct Moment {
  std::int64_t time = 0;  // nanoseconds since 1970-01-01 UTC
  double value = 0;
};

// Mean and deviation from sums of the distances to one of the values, which is near to all of them: no division per
// reading, and nothing lost of what the bucket's own spread leaves.
struct Bucket {
  std::int64_t number = 0;  // of its kind of bucket, counted from 1970
  std::uint64_t count = 0;
  double sum = 0;
  double lift = 0;  // of a counter: what its restarts hide of last - first
  Moment first, last, min, max;
  bool uncertain = false;  // it has a reading that is
  double centre = 0;
  double off = 0;          // sum of the distances from the centre
  double off_squared = 0;  // and of their squares

  // Of a counter, before its next reading is added.
  void add_lift(double value) {
    if (count != 0) lift += core::counter_lift(last.value, value, {});
  }
  // In the order of time.
  void add(Moment moment) {
    if (count == 0) {
      first = last = min = max = moment;
      centre = moment.value;
    }
    last = moment;
    if (moment.value < min.value) min = moment;
    if (moment.value > max.value) max = moment;
    ++count;
    sum += moment.value;
    const double distance = moment.value - centre;
    off += distance;
    off_squared += distance * distance;
  }
  // Many, in the order of time; those without a value are passed over.
  void add_run(std::span<const std::int64_t> times, std::span<const double> values) {
    std::size_t i = 0;
    while (i < values.size() && (count == 0 || i == 0)) {
      if (!std::isnan(values[i])) add({times[i], values[i]});
      ++i;
    }
    // In registers: this loop is what a view of a long span waits for.
    Bucket sums = *this;
    std::size_t lowest = values.size();
    std::size_t highest = values.size();
    std::size_t newest = values.size();
    for (; i < values.size(); ++i) {
      const double value = values[i];
      if (std::isnan(value)) continue;
      if (value < sums.min.value) {
        sums.min.value = value;
        lowest = i;
      }
      if (value > sums.max.value) {
        sums.max.value = value;
        highest = i;
      }
      newest = i;
      ++sums.count;
      sums.sum += value;
      const double distance = value - sums.centre;
      sums.off += distance;
      sums.off_squared += distance * distance;
    }
    if (newest == values.size()) return;
    if (lowest != values.size()) sums.min.time = times[lowest];
    if (highest != values.size()) sums.max.time = times[highest];
    sums.last = {times[newest], values[newest]};
    *this = sums;
  }
  // `other` is of readings that are all newer.
  void merge(const Bucket& other) {
    if (other.count == 0) return;
    if (count == 0) {
      const std::int64_t mine = number;
      *this = other;
      number = mine;
      return;
    }
    lift += other.lift + core::counter_lift(last.value, other.first.value, {});
    last = other.last;
    if (other.min.value < min.value) min = other.min;
    if (other.max.value > max.value) max = other.max;
    uncertain = uncertain || other.uncertain;
    count += other.count;
    sum += other.sum;
    const double distance = other.mean() - centre;
    const auto theirs = static_cast<double>(other.count);
    off += distance * theirs;
    off_squared += other.squares() + distance * distance * theirs;
  }

  [[nodiscard]] double mean() const { return centre + off / static_cast<double>(count); }
  // The sum of squared distances from the mean.
  [[nodiscard]] double squares() const { return std::fmax(0, off_squared - off * off / static_cast<double>(count)); }
  // Of a bucket that is not empty. The deviation is a sample's (n - 1): NaN of one reading.
  [[nodiscard]] double stat(core::Stat wanted) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    switch (wanted) {
      case core::Stat::kCount:
        return static_cast<double>(count);
      case core::Stat::kSum:
        return sum;
      case core::Stat::kMean:
        return mean();
      case core::Stat::kMin:
        return min.value;
      case core::Stat::kMax:
        return max.value;
      case core::Stat::kFirst:
        return first.value;
      case core::Stat::kLast:
        return last.value;
      case core::Stat::kDelta:
        return last.value - first.value;
      case core::Stat::kStd:
        return count < 2 ? kNone : std::sqrt(squares() / static_cast<double>(count - 1));
      default:
        return kNone;
    }
  }
};

inline constexpr std::int64_t kSketchFrom = 900'000'000'000;  // ns: of shorter buckets the readings are read

// A bucket as tiers have it: from kSketchFrom on it also says how its readings are spread.
struct TierBucket {
  Bucket bucket;
  core::Sketch sketch;
};

}  // namespace telltale::store
