// A sliding window over history: `key@stat_window` of a query. Pure but for the reader that it asks; for threads that
// may block.
#pragma once

#include "daemon/core/interfaces/history.h"
#include "daemon/core/rolling.h"

namespace telltale::core {

struct WindowQuery {
  SeriesPtr series;
  Rolling::Options window;
  WallTime from{};           // inclusive
  WallTime to{};             // exclusive
  std::uint32_t points = 0;  // at most so many rows; 0: one for every reading
  std::uint64_t max_readings = 0;
  std::atomic<bool>* cancel = nullptr;
};

// A row for every reading of the span while there are at most `points`, else one for every multiple of a round step
// that lies in the span: the window that ends there, exact to the reading. The answer's series has the window's key.
// `step` is set when it is used.
[[nodiscard]] Result<HistorySeries> query_window(HistoryReader& history, const WindowQuery& query, Duration& step);

// `key@stat_window` as a series of its own: a gauge, whose id is that of the series it comes from.
[[nodiscard]] SeriesPtr window_series(const SeriesPtr& series, const WindowStat& stat);
// The shortest of 1, 2 and 5 times a power of ten nanoseconds, or of round minutes, hours and days, that divides the
// span into at most `points` steps.
[[nodiscard]] Duration round_step(Duration span, std::uint32_t points);

}  // namespace telltale::core
