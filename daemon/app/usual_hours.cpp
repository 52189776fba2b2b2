#include "daemon/app/usual_hours.h"

#include <chrono>
#include <cmath>
#include <cstddef>

namespace telltale::app {

namespace {

constexpr std::uint64_t kMostReadings = 1'000'000;  // of one query, where no tier stands for them

core::Result<void> take(core::HistoryReader& history, core::HistoryQuery& query, core::Stat stat,
                        double rules::PastHour::*field, rules::PastHours& hours) {
  query.mode.stat = stat;
  auto result = history.query(query);
  if (!result) return result.error();
  if (result->series.empty() || result->series[0].values.empty()) return {};
  const auto& times = result->series[0].times;
  const auto& values = result->series[0].values[0];
  for (std::size_t i = 0; i < times.size() && i < values.size(); ++i) {
    if (std::isfinite(values[i])) hours[times[i]].*field = values[i];
  }
  return {};
}

}  // namespace

core::Result<rules::PastHours> hours_of(core::HistoryReader& history, const core::SeriesPtr& series,
                                        core::WallTime from, core::WallTime to) {
  core::HistoryQuery query;
  query.series = {series};
  query.max_readings = kMostReadings;
  query.mode.kind = core::HistoryQuery::Mode::Kind::kStat;
  core::BucketRule rule;
  rule.every = std::chrono::hours(1);
  rule.origin = core::Origin::kEpoch;
  query.buckets = rule;
  query.from = from;
  query.to = to;
  rules::PastHours hours;
  if (auto read = take(history, query, core::Stat::kMean, &rules::PastHour::mean, hours); !read) {
    // Very many readings, and no tier of them yet: by halves.
    const auto count = (to - from) / std::chrono::hours(1);
    if (read.error().code != core::ErrorCode::kLimit || count < 2) return read.error();
    const core::WallTime middle = from + std::chrono::hours(count / 2);
    auto first = hours_of(history, series, from, middle);
    if (!first) return first;
    auto second = hours_of(history, series, middle, to);
    if (!second) return second;
    first->merge(*second);
    return first;
  }
  if (hours.empty()) return hours;
  if (auto read = take(history, query, core::Stat::kStd, &rules::PastHour::deviation, hours); !read) {
    return read.error();
  }
  return hours;
}

}  // namespace telltale::app
