// One opened database to write: turns stretches of the journal into transactions, compacts, checkpoints, deletes what
// is too old. After any error it must be thrown away and opened again: what a failed commit left is known only to the
// file. Owned by the writer; its thread alone.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/series.h"
#include "daemon/store/compaction.h"
#include "daemon/store/cover.h"
#include "daemon/store/gather.h"
#include "daemon/store/journal.h"
#include "daemon/store/limits.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/store.h"
#include "daemon/store/summary.h"
#include "daemon/store/tail.h"
#include "daemon/store/tier_builder.h"
#include "daemon/store/tier_codec.h"

namespace telltale::store {

struct CommitReport {
  std::uint64_t position = 0;    // of the journal: everything before it is on disk
  std::uint64_t readings = 0;    // taken from the journal
  std::uint64_t duplicates = 0;  // of those, not kept, or of the same time as the one before
  std::uint64_t damaged = 0;     // bytes of the journal given up
  bool corrected = false;        // times were: spans are others than before
};

class Committer {
 public:
  // kWithinFile: the disk is full. The file does not grow, the oldest readings give way, and the WAL stays small.
  enum class Room : std::uint8_t { kBudget, kWithinFile };
  [[nodiscard]] static core::Result<std::unique_ptr<Committer>> open(const StoreOptions& options,
                                                                     const core::Clock& clock,
                                                                     Room room = Room::kBudget);

  // What the user should know of how it was opened: of an update, and the way back. Empty: nothing.
  [[nodiscard]] const std::string& told() const { return told_; }
  // Up to which journal position the database has everything.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::int64_t database_id() const { return database_id_; }
  [[nodiscard]] const Summary& summary() const { return summary_; }
  [[nodiscard]] core::Result<std::vector<core::SeriesInfo>> series();

  // One transaction: as much as fits into one from `from` on, never beyond `to`.
  [[nodiscard]] core::Result<CommitReport> commit(const Journal& journal, std::uint64_t from, std::uint64_t to);
  // What can wait until those who wait for the commit are told: compacts when the tail is nearly full, or when blocks
  // of version 1 are left, checkpoints, and deletes what `raw` and `budget` ask for. Series that lost something are
  // told through `forgotten`: (series, time up to which it may be gone).
  using Forgotten = std::vector<std::pair<core::SeriesId, std::int64_t>>;
  [[nodiscard]] core::Result<void> maintain(Forgotten& forgotten);
  // Everything into the database file, on disk. Waits for readers, up to SQLite's busy time.
  [[nodiscard]] core::Result<void> checkpoint_all();
  // For the next start, or a long sleep: nothing in the tail, nothing in the WAL, no page unused.
  [[nodiscard]] core::Result<void> finish();
  // The levels that have buckets, when they are others than at the last call.
  [[nodiscard]] core::Result<std::optional<std::vector<core::TierStats>>> take_tiers();
  // Readings of one series and time that compactions found since the last call.
  [[nodiscard]] std::uint64_t take_duplicates() { return std::exchange(duplicates_, 0); }
  // Bytes handed to the disk by this object.
  [[nodiscard]] std::uint64_t written_bytes() const;

 private:
  static constexpr std::uint64_t kTierRoom = 64U << 10U;  // what a stretch of a tier is taken to need
  static constexpr std::uint64_t kRowBytes = 12U << 10U;  // of a segment, about
  static constexpr core::Duration kTierPatience = std::chrono::milliseconds(50);  // at a time: commits wait for it

  struct Table;
  Committer(const StoreOptions& options, const core::Clock& clock, const Limits& limits, Database database)
      : options_(options), clock_(clock), limits_(limits), database_(std::move(database)) {}
  [[nodiscard]] core::Result<void> load();
  void extend_wal() const;
  [[nodiscard]] core::Result<void> begin();
  [[nodiscard]] core::Result<void> put_series(const Gathered& gathered);
  [[nodiscard]] core::Result<void> put_readings(const Gathered& gathered);

  // correct.cpp
  struct Correction;
  [[nodiscard]] core::Result<CommitReport> correct(const core::TimeCorrection& correction, std::uint64_t behind);
  [[nodiscard]] core::Result<void> correct_chunk(Correction& work, std::int64_t chunk, std::int64_t position);
  [[nodiscard]] core::Result<void> correct_row(Correction& work, const char* table, std::int64_t id);
  [[nodiscard]] core::Result<void> end_correction(const Correction& work, std::uint64_t behind);
  [[nodiscard]] core::Result<void> lower_upto();

  // tiers.cpp
  [[nodiscard]] core::Result<std::int64_t> first_in_segments(std::int64_t from);
  [[nodiscard]] core::Result<std::int64_t> first_reading(std::int64_t from);
  [[nodiscard]] bool dense_enough(std::int64_t level) const;
  struct TierUpto {
    std::int64_t time = kNoTime;  // a level was made up to there
    bool changed = false;         // since it was told to the file
  };
  [[nodiscard]] core::Result<void> load_tiers();
  [[nodiscard]] core::Result<void> save_tiers();
  [[nodiscard]] core::Result<bool> build(const TierBuilder::Stretch& stretch);
  [[nodiscard]] core::Result<bool> build_next(std::size_t number);
  [[nodiscard]] core::Result<void> build_tiers();
  [[nodiscard]] core::Result<void> build_due(core::BootTime until);
  [[nodiscard]] core::Result<void> demote(std::int64_t target);
  [[nodiscard]] core::Result<bool> demote_stretch(const Interval& span);
  [[nodiscard]] core::Result<void> demote_for_budget();
  [[nodiscard]] core::Result<void> shrink_tiers();
  [[nodiscard]] core::Result<bool> delete_oldest_tier();

  // tiers_late.cpp
  struct LateUpto {
    std::int64_t chunk = 0;  // tiers know of what came late up to that compaction
    bool changed = false;    // since it was told to the file
    // Of a pass that is under way, up to the compaction `target`: where it is.
    std::int64_t target = 0;
    std::size_t level = 0;
    std::int64_t time = kFirstBucket;
    Stride stride;
  };
  [[nodiscard]] core::Result<void> build_late(core::BootTime until);
  [[nodiscard]] core::Result<bool> build_missing(std::size_t number);
  [[nodiscard]] core::Result<bool> build_gaps(std::int64_t level, const Interval& span);
  [[nodiscard]] core::Result<void> rebuild(std::int64_t level, const Interval& span);
  [[nodiscard]] core::Result<bool> rebuild_one();
  [[nodiscard]] core::Result<void> rebuild_tiers(std::int64_t from, std::int64_t to);

  // compact.cpp
  [[nodiscard]] core::Result<void> compact(std::string_view behind_tail);
  [[nodiscard]] core::Result<void> compact_tail();
  [[nodiscard]] core::Result<void> compact_version1();
  [[nodiscard]] core::Result<std::int64_t> take_version1(Compaction& compaction);
  [[nodiscard]] core::Result<void> write_compacted(Compaction& compaction, std::int64_t before, std::uint64_t position);
  [[nodiscard]] core::Result<void> checkpoint_when_due();

  // retention.cpp
  [[nodiscard]] core::Result<void> keep_raw();
  [[nodiscard]] core::Result<void> make_room(std::uint64_t bytes);
  [[nodiscard]] core::Result<std::int64_t> room();
  [[nodiscard]] std::uint64_t pages_allowed() const;
  [[nodiscard]] std::int64_t excess_pages();
  [[nodiscard]] core::Result<bool> delete_oldest(std::int64_t before);
  [[nodiscard]] core::Result<bool> delete_rows(const Table& table, std::int64_t before);

  const StoreOptions& options_;
  const core::Clock& clock_;
  const Limits limits_;
  std::string told_;
  Database database_;
  Summary summary_;
  Tail tail_;
  std::unordered_map<core::SeriesId, std::size_t> series_hashes_;  // so that what is known is not written again
  std::uint64_t position_ = 0;
  std::uint64_t begun_ = 0;  // of the journal: what is before was appended before the machine booted
  std::int64_t database_id_ = 0;
  std::int64_t upto_ = 0;  // of segments
  std::int64_t chunk_ = 0;
  std::uint64_t page_bytes_ = 0;
  std::uint64_t most_pages_ = UINT64_MAX;  // beyond which the file does not grow, whatever the budget
  std::uint64_t checkpointed_pages_ = 0;
  std::uint64_t duplicates_ = 0;
  bool version1_ = false;      // blocks of version 1 are left
  bool compacted_ = false;     // since keep_raw() looked
  bool tiers_changed_ = true;  // since take_tiers()
  bool has_tiers_ = false;     // the table is there
  bool tiers_due_ = true;      // something was compacted since all tiers were up to date
  bool late_due_ = true;       // and some of it late, that not all tiers know of
  // Readings a second of the series that has the most, as far as it is known: what is too fine for it is not tried.
  double densest_ = std::numeric_limits<double>::infinity();
  std::array<TierUpto, kTierSteps.size()> tier_upto_;
  LateUpto late_upto_;
  std::int64_t demoted_ = 0;  // of what is before, tiers have something of all
  std::int64_t gone_ = 0;     // the last time of which readings went: before it, what is left is not all
  Forgotten forgotten_;
};

}  // namespace telltale::store
