#include "daemon/net/computed_query.h"

#include <cmath>
#include <string>
#include <utility>

#include "daemon/core/window_query.h"

namespace telltale::net {

namespace {

using Kind = core::HistoryQuery::Mode::Kind;

core::Result<core::HistorySeries> window_of(core::HistoryReader& history, const ComputedQuery& query,
                                            const QuerySeries& wanted, core::Duration& step) {
  core::WindowQuery window;
  window.series = wanted.series;
  window.window = {*wanted.window, query.window.closed, query.window.min_periods, wanted.series->counter};
  window.from = query.query.from;
  window.to = query.query.to;
  window.points = query.query.mode.kind == Kind::kRaw ? 0 : query.query.points;
  window.max_readings = query.query.max_readings;
  window.cancel = query.query.cancel;
  return core::query_window(history, window, step);
}

core::HistorySeries buckets_of(const core::HistorySeries& raw, const core::Buckets& buckets, core::Stat stat) {
  core::Resampler resampler(buckets, stat, raw.series->counter);
  const bool event = raw.series->declaration.kind == core::SeriesKind::kEvent;
  for (std::size_t i = 0; i < raw.times.size(); ++i) {
    const double value = event ? 0 : raw.values[0][i];  // an event counts as a reading of zero
    if (std::isfinite(value)) resampler.add({raw.times[i], value});
  }
  core::HistorySeries out;
  out.series = raw.series;
  out.names = {std::string(core::to_text(stat))};
  out.values.resize(1);
  for (const auto& row : resampler.finish()) {
    out.times.push_back(row.time);
    out.values[0].push_back(row.value);
  }
  return out;
}

// What the store answers, in the buckets that were asked for.
core::Result<core::HistoryResult> plain(core::HistoryReader& history, const ComputedQuery& query) {
  if (!query.buckets) return history.query(query.query);
  core::HistoryQuery raw = query.query;
  raw.mode.kind = Kind::kRaw;
  auto result = history.query(raw);
  if (!result) return result;
  const core::Buckets buckets(*query.buckets, query.query.from, query.query.to);
  for (core::HistorySeries& series : result->series) series = buckets_of(series, buckets, query.query.mode.stat);
  result->step = query.buckets->every;
  return result;
}

}  // namespace

core::Result<core::HistoryResult> run_query(core::HistoryReader& history, ComputedQuery query) {
  for (const QuerySeries& wanted : query.series) {
    if (!wanted.window) query.query.series.push_back(wanted.series);
  }
  core::HistoryResult result;
  result.from = query.query.from;
  result.to = query.query.to;
  core::HistoryResult stored;
  if (!query.query.series.empty()) {
    auto answered = plain(history, query);
    if (!answered) return answered.error();
    stored = std::move(*answered);
    result.step = stored.step;
  }
  auto next = stored.series.begin();
  for (const QuerySeries& wanted : query.series) {
    if (!wanted.window) {
      if (next != stored.series.end()) result.series.push_back(std::move(*next++));
      continue;
    }
    auto window = window_of(history, query, wanted, result.step);
    if (!window) return window.error();
    result.series.push_back(std::move(*window));
  }
  return result;
}

}  // namespace telltale::net
