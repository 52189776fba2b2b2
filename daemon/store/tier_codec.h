// Rows of the table `tier`: buckets of some series over one stretch of time, as one blob. Pure functions; any thread.
// docs/format.md ("Buckets") has the bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/ids.h"
#include "daemon/store/bucket.h"

namespace telltale::store {

inline constexpr std::int64_t kTierSecond = 1'000'000'000;
// Lengths of buckets (ns). Each divides the next, and a query's step from 1 s to 1 d is one of them or twice one.
inline constexpr std::array<std::int64_t, 9> kTierSteps = {
    kTierSecond,       5 * kTierSecond,     15 * kTierSecond,     60 * kTierSecond,    300 * kTierSecond,
    900 * kTierSecond, 3'600 * kTierSecond, 10'800 * kTierSecond, 43'200 * kTierSecond};
// Of the level with that number; a second is the least.
[[nodiscard]] constexpr std::int64_t tier_step(std::size_t number) {
  return std::max(kTierSecond, kTierSteps.at(number));
}
inline constexpr std::int64_t kTierBuckets = 64;  // a row's stretch is of at most so many

struct SeriesBuckets {
  core::SeriesId series{};
  std::vector<TierBucket> buckets;  // by number, none empty
};

// Ascending by series; each with at least one bucket, all of `step`.
[[nodiscard]] std::string encode_tier(const std::vector<SeriesBuckets>& series, std::int64_t step);

// Visits series and their bodies in order; `body` is valid as long as `data`. ErrorCode::kCorrupt on anything else.
using TierVisitor = std::function<core::Result<void>(core::SeriesId series, std::string_view body)>;
[[nodiscard]] core::Result<void> visit_tier(std::string_view data, const TierVisitor& visitor);
// Overwrites `out` with the buckets of one body; their sketches, too, where they are wanted and it has any.
[[nodiscard]] core::Result<void> decode_buckets(std::string_view body, std::int64_t step, bool sketches,
                                                std::vector<TierBucket>& out);

}  // namespace telltale::store
