// What a set of readings amounts to: mergeable, never subtracted from, so that an outlier leaves no trace once
// its reading has left. Mean and variance merge as in Chan, Golub and LeVeque (1979).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "daemon/core/clock.h"
#include "daemon/core/counter.h"
#include "daemon/core/selector.h"

namespace telltale::core {

struct Sample {
  WallTime time{};
  double value = 0;
};

struct Aggregate {
  std::uint64_t count = 0;
  double sum = 0;
  double mean = 0;
  double m2 = 0;  // sum of squared distances from the mean
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  double lift = 0;  // of a counter: what its restarts and rollovers hide of last - first
  Sample first;     // oldest
  Sample last;      // newest

  // In the order of time; one that is older than the newest is taken in too, but not into `lift`.
  void add(const Sample& sample, const CounterRule& rule = {}) {
    if (count == 0) {
      first = last = sample;
    } else if (sample.time >= last.time) {
      if (sample.value < last.value) lift += counter_lift(last.value, sample.value, rule);
      last = sample;
    } else if (sample.time < first.time) {
      lift += counter_lift(sample.value, first.value, rule);
      first = sample;
    }
    ++count;
    sum += sample.value;
    const double delta = sample.value - mean;
    mean += delta / static_cast<double>(count);
    m2 += delta * (sample.value - mean);
    min = std::min(min, sample.value);
    max = std::max(max, sample.value);
  }

  // `other` is of readings that are all newer, or all older.
  void merge(const Aggregate& other, const CounterRule& rule = {}) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    if (other.first.time >= last.time) {
      lift += other.lift + counter_lift(last.value, other.first.value, rule);
      last = other.last;
    } else {
      lift += other.lift;
      if (other.last.time <= first.time) lift += counter_lift(other.last.value, first.value, rule);
      if (other.first.time < first.time) first = other.first;
      if (other.last.time >= last.time) last = other.last;
    }
    const auto mine = static_cast<double>(count);
    const auto theirs = static_cast<double>(other.count);
    const double delta = other.mean - mean;
    mean += delta * theirs / (mine + theirs);
    m2 += other.m2 + delta * delta * mine * theirs / (mine + theirs);
    count += other.count;
    sum += other.sum;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
  }

  // What a counter counted from the reading `before` these (nullptr: from the first of them) to the last.
  [[nodiscard]] double increase(const Sample* before, const CounterRule& rule = {}) const {
    if (count == 0) return 0;
    const double begin = before == nullptr ? first.value : before->value;
    const double edge = before == nullptr ? 0 : counter_lift(before->value, first.value, rule);
    return std::max(0.0, last.value - begin + edge + lift);
  }
  // The same in a second; NaN when no time passed.
  [[nodiscard]] double rate(const Sample* before, const CounterRule& rule = {}) const {
    const Duration passed = last.time - (before == nullptr ? first.time : before->time);
    if (count == 0 || passed <= Duration{}) return std::numeric_limits<double>::quiet_NaN();
    return increase(before, rule) / std::chrono::duration<double>(passed).count();
  }

  // The statistic, NaN where it is not defined: of no readings (count is 0 and sum is 0 then), the standard
  // deviation (of a sample, n - 1) of fewer than two. Quantiles need a Sketch; increase and rate begin here at the
  // first reading.
  [[nodiscard]] double stat(Stat wanted) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    switch (wanted) {
      case Stat::kCount:
        return static_cast<double>(count);
      case Stat::kSum:
        return sum;
      case Stat::kIncrease:
        return increase(nullptr);
      case Stat::kRate:
        return rate(nullptr);
      default:
        break;
    }
    if (count == 0) return kNone;
    switch (wanted) {
      case Stat::kMean:
        return mean;
      case Stat::kMin:
        return min;
      case Stat::kMax:
        return max;
      case Stat::kFirst:
        return first.value;
      case Stat::kLast:
        return last.value;
      case Stat::kDelta:
        return last.value - first.value;
      case Stat::kStd:
        return count < 2 ? kNone : std::sqrt(m2 / static_cast<double>(count - 1));
      default:
        return kNone;
    }
  }
};

}  // namespace telltale::core
