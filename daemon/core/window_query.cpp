#include "daemon/core/window_query.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace telltale::core {

namespace {

// The first multiple of `step` at or after `time`.
WallTime first_multiple(WallTime time, Duration step) {
  const std::int64_t ns = time.time_since_epoch().count();
  const std::int64_t floor = ns / step.count() - (ns % step.count() < 0 ? 1 : 0);
  const bool itself = floor * step.count() == ns;
  return WallTime(step * (itself ? floor : floor + 1));
}

Result<std::vector<Sample>> read_samples(HistoryReader& history, const WindowQuery& query) {
  HistoryQuery raw;
  raw.series = {query.series};
  // A counter counts on from the reading before the window.
  const Stat stat = query.window.stat.stat;
  const int windows = stat == Stat::kIncrease || stat == Stat::kRate ? 2 : 1;
  raw.from = query.from - windows * query.window.stat.window - Duration(1);
  raw.to = query.to;
  raw.mode.kind = HistoryQuery::Mode::Kind::kRaw;
  raw.max_readings = query.max_readings;
  raw.cancel = query.cancel;
  auto found = history.query(raw);
  if (!found) return found.error();
  std::vector<Sample> samples;
  if (found->series.empty() || found->series[0].values.empty()) return samples;
  const HistorySeries& series = found->series[0];
  samples.reserve(series.times.size());
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    if (std::isfinite(series.values[0][i])) samples.push_back({series.times[i], series.values[0][i]});
  }
  return samples;
}

}  // namespace

Duration round_step(Duration span, std::uint32_t points) {
  const auto fits = [&](std::int64_t step) { return span.count() / step < static_cast<std::int64_t>(points); };
  constexpr std::int64_t kSecond = 1'000'000'000;
  for (std::int64_t decade = 1; decade < kSecond; decade *= 10) {
    for (const std::int64_t factor : {1, 2, 5}) {
      if (fits(decade * factor)) return Duration(decade * factor);
    }
  }
  constexpr std::array<std::int64_t, 20> kSeconds = {
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43'200, 86'400, 172'800, 432'000};
  for (const std::int64_t seconds : kSeconds) {
    if (fits(seconds * kSecond)) return Duration(seconds * kSecond);
  }
  std::int64_t days = 10;
  while (!fits(days * 86'400 * kSecond) && days < 50'000) days *= 2;
  return Duration(days * 86'400 * kSecond);
}

SeriesPtr window_series(const SeriesPtr& series, const WindowStat& stat) {
  auto made = std::make_shared<SeriesInfo>(*series);
  made->key_text += "@" + stat.text();
  made->declaration.kind = SeriesKind::kGauge;
  made->declaration.states.clear();
  if (stat.stat == Stat::kCount) made->declaration.unit.clear();
  return made;
}

Result<HistorySeries> query_window(HistoryReader& history, const WindowQuery& query, Duration& step) {
  const auto samples = read_samples(history, query);
  if (!samples) return samples.error();
  HistorySeries out;
  out.series = window_series(query.series, query.window.stat);
  out.names = {"value"};
  out.values.resize(1);
  Rolling rolling(query.window);
  const auto put = [&](WallTime time) {
    out.times.push_back(time);
    out.values[0].push_back(rolling.at(time));
  };
  const auto begin = std::lower_bound(samples->begin(), samples->end(), query.from,
                                      [](const Sample& sample, WallTime from) { return sample.time < from; });
  const bool each = query.points == 0 || samples->end() - begin <= static_cast<std::ptrdiff_t>(query.points);
  if (each) {
    for (const Sample& sample : *samples) {
      rolling.add(sample);
      if (sample.time >= query.from) put(sample.time);
    }
    return out;
  }
  step = round_step(query.to - query.from, query.points);
  auto next = samples->begin();
  for (WallTime time = first_multiple(query.from, step); time < query.to; time += step) {
    for (; next != samples->end() && next->time <= time; ++next) rolling.add(*next);
    put(time);
  }
  return out;
}

}  // namespace telltale::core
