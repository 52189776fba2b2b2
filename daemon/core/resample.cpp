#include "daemon/core/resample.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace telltale::core {

namespace {

constexpr Duration kDay = std::chrono::days(1);
constexpr int kMostDays = 20'000;  // that are looked at for what their begins have in common

Duration floor_to(Duration time, Duration step) {
  const Duration rest = time % step;
  return time - rest - (rest < Duration{} ? step : Duration{});
}

}  // namespace

std::optional<Origin> origin_from(std::string_view text) {
  if (text == "epoch") return Origin::kEpoch;
  if (text == "start_day") return Origin::kStartDay;
  if (text == "start") return Origin::kStart;
  if (text == "end") return Origin::kEnd;
  if (text == "end_day") return Origin::kEndDay;
  return std::nullopt;
}

Buckets::Buckets(const BucketRule& rule, WallTime first, WallTime last) : rule_(rule) {
  const auto local = [&](WallTime time) { return rule_.zone.to_local(time).time_since_epoch(); };
  // By the clock on the wall: midnights are those of the zone.
  Duration anchor{};
  switch (rule.origin) {
    case Origin::kEpoch:  // the zone's midnight, so that every zone has the same buckets by its clocks
      break;
    case Origin::kStartDay:
      anchor = floor_to(local(first), kDay);
      break;
    case Origin::kStart:
      anchor = local(first);
      break;
    case Origin::kEnd:
      anchor = local(last);
      break;
    case Origin::kEndDay:
      anchor = floor_to(local(last) + kDay - Duration(1), kDay);
      break;
    case Origin::kTime:
      anchor = local(rule.origin_time);
      break;
  }
  if (by_calendar()) {
    anchor_ = anchor;
  } else if (rule.origin == Origin::kStart) {
    anchor_ = first.time_since_epoch();
  } else if (rule.origin == Origin::kEnd) {
    anchor_ = last.time_since_epoch();
  } else if (rule.origin == Origin::kTime) {
    anchor_ = rule.origin_time.time_since_epoch();
  } else {
    anchor_ = rule_.zone.to_wall(LocalTime(anchor)).time_since_epoch();
  }
}

Bucket Buckets::bucket_of(WallTime time) const {
  // Of (begin, end], what lies an instant before is in the same bucket and never on its begin.
  const WallTime in = rule_.closed == Side::kLeft ? time : time - Duration(1);
  if (!by_calendar()) {
    const Duration begin = anchor_ + floor_to(in.time_since_epoch() - anchor_, rule_.every);
    return {WallTime(begin), WallTime(begin + rule_.every)};
  }
  Duration begin = anchor_ + floor_to(rule_.zone.to_local(in).time_since_epoch() - anchor_, rule_.every);
  const auto wall = [&](Duration local) { return rule_.zone.to_wall(LocalTime(local)); };
  // An hour that the clock shows twice may hold the turn of a bucket.
  while (wall(begin) > in) begin -= rule_.every;
  while (wall(begin + rule_.every) <= in) begin += rule_.every;
  return {wall(begin), wall(begin + rule_.every)};
}

Duration Buckets::common_step(WallTime from, WallTime to) const {
  const auto gcd = [](std::int64_t a, std::int64_t b) { return std::gcd(a, b); };
  if (!by_calendar()) return Duration(gcd(anchor_.count(), rule_.every.count()));
  std::int64_t step = 0;
  Bucket bucket = bucket_of(from);
  for (int i = 0; i < kMostDays; ++i) {
    step = gcd(step, bucket.begin.time_since_epoch().count());
    if (bucket.end >= to) return Duration(step);
    bucket = bucket_of(rule_.closed == Side::kLeft ? bucket.end : bucket.end + Duration(1));
  }
  return Duration{};
}

void Resampler::go_to(WallTime time) {
  if (all_.count != 0 && buckets_.holds(bucket_, time)) return;
  flush();
  bucket_ = buckets_.bucket_of(time);
}

void Resampler::add(const Sample& sample) {
  go_to(sample.time);
  all_.add(sample, counter_);
  if (quantile_) sketch_.add(sample.value);
}

void Resampler::add(const Aggregate& summed, const Sketch& sketch) {
  if (summed.count == 0) return;
  go_to(summed.first.time);
  all_.merge(summed, counter_);
  if (quantile_) sketch_.merge(sketch);
}

void Resampler::flush() {
  if (all_.count == 0) return;
  const Sample* const before = before_ ? &*before_ : nullptr;
  Row row{buckets_.label(bucket_), 0};
  if (quantile_) {
    row.value = std::clamp(sketch_.quantile(*quantile_), all_.min, all_.max);
  } else if (stat_ == Stat::kIncrease) {
    row.value = all_.increase(before, counter_);
  } else if (stat_ == Stat::kRate) {
    row.value = all_.rate(before, counter_);
  } else {
    row.value = all_.stat(stat_);
  }
  rows_.push_back(row);
  before_ = all_.last;
  all_ = {};
  sketch_.clear();
}

std::vector<Resampler::Row> Resampler::finish() {
  flush();
  return std::move(rows_);
}

}  // namespace telltale::core
