// The statistics of a bucket that need more than a few numbers: quantiles, and a counter's increase and rate.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/core/selector.h"
#include "daemon/store/sinks.h"

namespace telltale::store {

// Whether `stat` is one of them.
[[nodiscard]] bool needs_summary(core::Stat stat);
// Buckets of `step`, one column. A counter counts on from the bucket before.
[[nodiscard]] std::unique_ptr<Sink> make_summary_sink(core::Stat stat, std::int64_t step);

}  // namespace telltale::store
