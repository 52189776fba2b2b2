#include "daemon/net/computed_query.h"

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
    query.query.buckets = query.buckets;
    auto answered = history.query(query.query);
    if (!answered) return answered.error();
    stored = std::move(*answered);
    result.step = stored.step;
    result.damaged = stored.damaged;
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
