// What a set of readings amounts to: mergeable, never subtracted from, so that an outlier leaves no trace once
// its reading has left. Mean and variance merge as in Chan, Golub and LeVeque (1979).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "daemon/core/clock.h"
#include "daemon/core/selector.h"

namespace telltale::pipeline {

struct Sample {
  core::WallTime time{};
  double value = 0;
};

struct Aggregate {
  std::uint64_t count = 0;
  double sum = 0;
  double mean = 0;
  double m2 = 0;  // sum of squared distances from the mean
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  Sample first;  // oldest
  Sample last;   // newest

  void add(const Sample& sample) {
    if (count == 0 || sample.time < first.time) first = sample;
    if (count == 0 || sample.time >= last.time) last = sample;
    ++count;
    sum += sample.value;
    const double delta = sample.value - mean;
    mean += delta / static_cast<double>(count);
    m2 += delta * (sample.value - mean);
    min = std::min(min, sample.value);
    max = std::max(max, sample.value);
  }

  void merge(const Aggregate& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    if (other.first.time < first.time) first = other.first;
    if (other.last.time >= last.time) last = other.last;
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

  // The statistic, NaN where it is not defined: of no readings (count is 0 and sum is 0 then), the standard
  // deviation (of a sample, n - 1) of fewer than two.
  [[nodiscard]] double stat(core::Stat wanted) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (wanted == core::Stat::kCount) return static_cast<double>(count);
    if (wanted == core::Stat::kSum) return sum;
    if (count == 0) return kNone;
    switch (wanted) {
      case core::Stat::kMean:
        return mean;
      case core::Stat::kMin:
        return min;
      case core::Stat::kMax:
        return max;
      case core::Stat::kFirst:
        return first.value;
      case core::Stat::kLast:
        return last.value;
      case core::Stat::kDelta:
        return last.value - first.value;
      case core::Stat::kStd:
        return count < 2 ? kNone : std::sqrt(m2 / static_cast<double>(count - 1));
      default:
        return kNone;
    }
  }
};

}  // namespace telltale::pipeline
