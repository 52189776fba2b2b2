#include "daemon/store/cover.h"

#include <algorithm>
#include <utility>

namespace telltale::store {

Intervals joined(Intervals parts) {
  std::sort(parts.begin(), parts.end(), [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  Intervals out;
  for (const Interval& part : parts) {
    if (part.empty()) continue;
    if (!out.empty() && part.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, part.end);
    } else {
      out.push_back(part);
    }
  }
  return out;
}

Intervals gaps(const Interval& whole, const Intervals& parts) {
  Intervals out;
  std::int64_t at = whole.begin;
  const auto ends_before = [](const Interval& part, std::int64_t time) { return part.end <= time; };
  for (auto part = std::lower_bound(parts.begin(), parts.end(), at, ends_before); part != parts.end(); ++part) {
    if (part->begin >= whole.end) break;
    if (part->begin > at) out.push_back({at, part->begin});
    at = std::max(at, part->end);
  }
  if (at < whole.end) out.push_back({at, whole.end});
  return out;
}

Intervals without(const Interval& whole, Intervals parts) { return gaps(whole, joined(std::move(parts))); }

bool contains(const Intervals& parts, std::int64_t time) {
  const auto part = std::upper_bound(parts.begin(), parts.end(), time,
                                     [](std::int64_t at, const Interval& other) { return at < other.begin; });
  return part != parts.begin() && time < std::prev(part)->end;
}

void Cover::cover(const Intervals& parts) {
  intervals.insert(intervals.end(), parts.begin(), parts.end());
  intervals = joined(std::move(intervals));
}

void Cover::cover_lost(const Intervals& parts) {
  cover(parts);
  lost.insert(lost.end(), parts.begin(), parts.end());
  lost = joined(std::move(lost));
}

void Cover::sort_buckets() {
  std::sort(buckets.begin(), buckets.end(),
            [](const TierBucket& a, const TierBucket& b) { return a.bucket.first.time < b.bucket.first.time; });
}

}  // namespace telltale::store
