// What becomes of a series' readings on their way out of a query. A sink gets them in the order of time, each time
// once. One query's; its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/store/bucket.h"

namespace telltale::store {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void add(std::int64_t time, double value, std::string_view text) = 0;
  // Many at once, without texts.
  virtual void add_run(std::span<const std::int64_t> times, std::span<const double> values) {
    for (std::size_t i = 0; i < times.size(); ++i) add(times[i], values[i], {});
  }
  // Readings summed up, of a bucket that divides the sink's. Only where takes_buckets() says so.
  virtual void add_bucket(const TierBucket& /*bucket*/) {}
  // Fills everything but `series`. True: in buckets of the step.
  virtual bool finish(core::HistorySeries& out) = 0;
};

// `step` and `points` as they stand for the query; raw uses neither.
[[nodiscard]] std::unique_ptr<Sink> make_sink(const core::HistoryQuery::Mode& mode, core::SeriesKind kind,
                                              std::int64_t step, std::uint32_t points);

// Whether its sink does with buckets in place of readings.
[[nodiscard]] bool takes_buckets(const core::HistoryQuery::Mode& mode, core::SeriesKind kind);
// Puts buckets of `step` into `out`, which must outlive it.
[[nodiscard]] std::unique_ptr<Sink> make_tier_sink(core::SeriesKind kind, std::int64_t step,
                                                   std::vector<TierBucket>& out);

}  // namespace telltale::store
