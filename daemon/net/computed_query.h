// Queries that are more than the store's own: sliding windows over history (`key@stat_window`), and buckets as they
// were asked for (`step`, `closed`, `label`, `origin`, `tz`). For a query's thread, which may block.
#pragma once

#include <optional>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/resample.h"
#include "daemon/core/rolling.h"

namespace telltale::net {

struct WindowOptions {
  core::Closed closed = core::Closed::kRight;
  std::uint64_t min_periods = 0;
};

// A series of the answer.
struct QuerySeries {
  core::SeriesPtr series;
  std::optional<core::WindowStat> window;
};

struct ComputedQuery {
  core::HistoryQuery query;  // what the store answers; `series` are filled in here
  std::vector<QuerySeries> series;
  WindowOptions window;
  std::optional<core::BucketRule> buckets;
};

// In the order of `series`.
[[nodiscard]] core::Result<core::HistoryResult> run_query(core::HistoryReader& history, ComputedQuery query);

}  // namespace telltale::net
