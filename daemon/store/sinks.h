// What becomes of a series' readings on their way out of a query. A sink gets them in the order of time, each time
// once. One query's; its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "daemon/core/interfaces/history.h"

namespace telltale::store {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void add(std::int64_t time, double value, std::string_view text) = 0;
  // Fills everything but `series`. True: in buckets of the step.
  virtual bool finish(core::HistorySeries& out) = 0;
};

// `step` and `points` as they stand for the query; raw uses neither.
[[nodiscard]] std::unique_ptr<Sink> make_sink(const core::HistoryQuery::Mode& mode, core::SeriesKind kind,
                                              std::int64_t step, std::uint32_t points);

}  // namespace telltale::store
