// Makes rows of the table `tier`: reads a stretch of the history, sums it up, and writes what is worth it. Inside the
// caller's transaction; whoever owns the writing connection.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/series.h"
#include "daemon/store/cover.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/tier_codec.h"

namespace telltale::store {

class TierBuilder {
 public:
  struct Stretch {
    std::int64_t level = 0;  // one of kTierSteps
    Interval span;           // of whole buckets
    std::int64_t chunk = 0;  // the newest compaction
    // Readings in a bucket on average, below which it is not worth one.
    std::uint64_t least = 0;
    // Only where no tier of this level or a finer one has something of a series.
    bool missing_only = false;
  };
  explicit TierBuilder(Database& database) : database_(database) {}
  [[nodiscard]] core::Result<void> build(const Stretch& stretch);
  // How many buckets a stretch may have at once, so that memory stays small.
  [[nodiscard]] core::Result<std::int64_t> most_buckets();

 private:
  struct Series {
    core::SeriesId id{};
    core::SeriesKind kind{};
  };
  [[nodiscard]] core::Result<void> load_series();
  [[nodiscard]] core::Result<void> build_group(const Stretch& stretch, std::size_t begin, std::size_t end);
  [[nodiscard]] core::Result<std::map<std::uint32_t, Intervals>> covered(const Stretch& stretch);
  [[nodiscard]] core::Result<void> put(const Stretch& stretch, const Interval& span,
                                       const std::vector<SeriesBuckets>& series);

  Database& database_;
  std::vector<Series> series_;
};

}  // namespace telltale::store
