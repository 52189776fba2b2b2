// What buckets of tiers stand for, of one series: intervals of time whose readings need not be read. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/store/bucket.h"

namespace telltale::store {

struct Interval {
  std::int64_t begin = 0;
  std::int64_t end = 0;  // exclusive
  [[nodiscard]] bool empty() const { return begin >= end; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

// Sorted, apart from each other.
using Intervals = std::vector<Interval>;
// What is in `whole` and in none of `parts`, which are in any order.
[[nodiscard]] Intervals without(const Interval& whole, Intervals parts);
// The same, of parts that are joined.
[[nodiscard]] Intervals gaps(const Interval& whole, const Intervals& parts);
// Whether one of them holds `time`; they are joined.
[[nodiscard]] bool contains(const Intervals& parts, std::int64_t time);
// Sorted, and joined where they touch.
[[nodiscard]] Intervals joined(Intervals parts);

struct Cover {
  Intervals intervals;
  std::vector<TierBucket> buckets;
  std::uint64_t readings = 0;  // in them
  // Of those, where there are no readings any more.
  Intervals lost;
  std::vector<TierBucket> lost_buckets;

  // The bucket lies within one of the intervals that are covered with it.
  void add(const TierBucket& bucket) {
    readings += bucket.bucket.count;
    buckets.push_back(bucket);
  }
  void add_lost(const TierBucket& bucket) {
    add(bucket);
    lost_buckets.push_back(bucket);
  }
  void cover(const Intervals& parts);
  void cover_lost(const Intervals& parts);
  void sort_buckets();
};

}  // namespace telltale::store
