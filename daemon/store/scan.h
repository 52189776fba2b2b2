// What the database has of some series in a span, in the order of time, handed to a sink per series. Where buckets of
// tiers stand for readings, these are not read. Any thread that may block; one object per reading.
//
// Blocks are read in the order of time and given up as soon as they are counted in: memory is what the answer needs and
// what can still change, not what was read. A damaged block is passed over and counted: the rest is as good as before.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/ids.h"
#include "daemon/store/block_codec.h"
#include "daemon/store/cover.h"
#include "daemon/store/merge.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class HistoryScan {
 public:
  struct Options {
    std::int64_t from = 0;                // inclusive
    std::int64_t to = 0;                  // exclusive
    std::int64_t step = 0;                // of the sinks' buckets, which tiers may make; 0: none may
    bool finer_only = false;              // tiers finer than that alone
    std::uint64_t least = 0;              // of a series with fewer readings in its tiers, the readings are read
    bool sketches = false;                // tiers alone whose buckets have them
    bool strict = false;                  // what cannot be read at the moment is an error
    std::uint64_t max_readings = 0;       // ErrorCode::kLimit beyond; 0: any
    std::atomic<bool>* cancel = nullptr;  // ErrorCode::kTimeout
  };
  HistoryScan(Database& database, const Options& options) : database_(database), options_(options) {}

  // Before anything else.
  void want(core::SeriesId series, std::unique_ptr<Sink> sink);

  // Readings from elsewhere: the journal.
  [[nodiscard]] bool wants(core::SeriesId series) const { return wanted_.contains(series); }
  void take(core::SeriesId series, std::int64_t time, double value, Mark mark, std::string text);
  // What was read or taken. ErrorCode::kTimeout, ErrorCode::kLimit: the options' ends of it are reached.
  [[nodiscard]] core::Result<void> count(std::uint64_t readings);
  // The newest commits; `position`: up to which journal position the database has everything.
  [[nodiscard]] core::Result<void> read_tail(std::uint64_t& position);
  // Everything else, behind those two.
  [[nodiscard]] core::Result<void> read();
  // Of the series that was the `index`th wanted. True: in buckets.
  [[nodiscard]] bool finish(std::size_t index, core::HistorySeries& out) { return merges_[index].finish(out); }
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

 private:
  struct LateBlock {
    std::int64_t id;
    std::int64_t after;
    std::int64_t first;
    std::int64_t last;
  };

  [[nodiscard]] core::Result<void> find_late();
  [[nodiscard]] core::Result<void> find_late_around_damage();

  // scan_tiers.cpp
  struct TierRow {
    std::int64_t level = 0;
    Interval stretch;
    std::int64_t chunk = 0;  // the newest compaction that its buckets know of
    std::int64_t gone = 0;   // before it there are no readings any more
  };
  [[nodiscard]] core::Result<void> find_buckets();
  [[nodiscard]] core::Result<std::int64_t> first_reading();
  [[nodiscard]] core::Result<void> take_level(std::int64_t level, const Interval& span, std::int64_t gone);
  [[nodiscard]] core::Result<void> take_tier_row(const TierRow& row, std::string_view data);
  void drop_small();

  [[nodiscard]] core::Result<void> read_segments(const Interval& span);
  [[nodiscard]] core::Result<void> read_version1(const Interval& span);
  [[nodiscard]] core::Result<void> read_late_before(std::int64_t time);
  [[nodiscard]] core::Result<void> take_block(std::string_view data, std::uint64_t arrival, const Interval& span);
  [[nodiscard]] std::uint64_t take_column(std::size_t index, std::uint64_t arrival, const Interval& span);
  void note_damage(const core::Error& why);
  void settle(std::int64_t time);
  [[nodiscard]] bool wanted_time(std::int64_t time) const { return time >= options_.from && time < options_.to; }

  Database& database_;
  const Options options_;
  std::vector<SeriesMerge> merges_;                         // one per wanted series
  std::vector<Cover> covers_;                               // what tiers stand for, of each
  std::unordered_map<core::SeriesId, std::size_t> wanted_;  // index into merges_
  std::vector<LateBlock> late_;                             // by first; those not yet read
  std::size_t next_late_ = 0;
  std::vector<std::vector<std::int64_t>> pending_;  // times that came behind every tier, of each series
  Column scratch_;
  std::uint64_t readings_ = 0;
  std::uint64_t unsettled_ = 0;
  std::uint64_t damaged_ = 0;
  std::optional<core::Error> failed_;  // of a strict reading
  std::int64_t low_ = INT64_MAX;       // of the ids of the wanted series
  std::int64_t high_ = 0;
};

// The id of the first segment that can hold something at or after `from`: `upto` never falls.
[[nodiscard]] core::Result<std::int64_t> first_segment(Database& database, std::int64_t from);

}  // namespace telltale::store
