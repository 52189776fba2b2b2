// Makes rows of the table `tier`: reads a stretch of the history, sums it up, and writes what is worth it. Inside the
// caller's transaction; whoever owns the writing connection.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/series.h"
#include "daemon/store/cover.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/tier_codec.h"

namespace telltale::store {

// Readings in a bucket from which on it is worth its bytes: it costs as many as some fifteen of them.
inline constexpr std::uint64_t kWorth = 256;
inline constexpr std::int64_t kDemoted = 3'600 * kTierSecond;  // the level that is left of what few readings made
inline constexpr std::int64_t kFirstBucket = -(std::int64_t{1} << 62U) / kTierSteps.back() * kTierSteps.back();

// How far to look at once in a long time: eight times as far whenever there was nothing.
class Stride {
 public:
  // Further than what is made at once: only looked into.
  [[nodiscard]] bool wide() const { return factor_ > 1; }
  [[nodiscard]] std::int64_t end(std::int64_t begin, std::int64_t reach, std::int64_t limit) const {
    const std::int64_t distance = reach > INT64_MAX / factor_ ? INT64_MAX : reach * factor_;
    return begin > INT64_MAX - distance ? limit : std::min(limit, begin + distance);
  }
  void note(bool any) { factor_ = any ? std::max<std::int64_t>(1, factor_ / 8) : std::min(factor_ * 8, kMost); }

 private:
  static constexpr std::int64_t kMost = std::int64_t{1} << 30U;
  std::int64_t factor_ = 1;
};

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
  // `has_table`: the table is there; else it is made with the first row.
  TierBuilder(Database& database, bool has_table) : database_(database), has_table_(has_table) {}
  [[nodiscard]] bool has_table() const { return has_table_; }
  // Whether there was anything to build from.
  [[nodiscard]] core::Result<bool> build(const Stretch& stretch);
  // Whether there are readings.
  [[nodiscard]] core::Result<bool> any(const Interval& span);
  // How many buckets of a level a stretch may have at once, so that memory stays small, and times can be counted.
  [[nodiscard]] core::Result<std::int64_t> most_buckets(std::int64_t level);

 private:
  struct Series {
    core::SeriesId id{};
    core::SeriesKind kind{};
  };
  [[nodiscard]] core::Result<void> load_series();
  [[nodiscard]] core::Result<bool> build_group(const Stretch& stretch, std::size_t begin, std::size_t end);
  [[nodiscard]] core::Result<std::map<std::uint32_t, Intervals>> covered(const Stretch& stretch);
  [[nodiscard]] core::Result<void> put(const Stretch& stretch, const Interval& span,
                                       const std::vector<SeriesBuckets>& series);

  Database& database_;
  bool has_table_;
  std::vector<Series> series_;
};

}  // namespace telltale::store
