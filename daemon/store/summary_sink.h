// The statistics of a bucket that need more than a few numbers: quantiles, and a counter's increase and rate.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/core/aggregate.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/selector.h"
#include "daemon/store/sinks.h"

namespace telltale::store {

// Whether `stat` is one of them.
[[nodiscard]] bool needs_summary(core::Stat stat);
// What a bucket says, as the windows sum up.
[[nodiscard]] core::Aggregate aggregate_of(const Bucket& bucket);
// Buckets of a rule, one column, of a span whose ends are given. An event counts as a reading of zero.
[[nodiscard]] std::unique_ptr<Sink> make_resample_sink(const core::HistoryQuery& query, const core::SeriesInfo& series);
// Buckets of `step`, one column. A counter counts on from the bucket before.
[[nodiscard]] std::unique_ptr<Sink> make_summary_sink(core::Stat stat, std::int64_t step);

}  // namespace telltale::store
