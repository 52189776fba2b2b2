// One opened database to write: turns stretches of the journal into transactions, checkpoints, deletes what is too old.
// After any error it must be thrown away and opened again: what a failed commit left is known only to the file.
// Owned by the writer; its thread alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <unordered_map>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/series.h"
#include "daemon/store/gather.h"
#include "daemon/store/journal.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/store.h"
#include "daemon/store/summary.h"

namespace telltale::store {

struct CommitReport {
  std::uint64_t position = 0;    // of the journal: everything before it is on disk
  std::uint64_t readings = 0;    // taken from the journal
  std::uint64_t duplicates = 0;  // of those, not kept, or of the same time as the one before
  std::uint64_t damaged = 0;     // bytes of the journal given up
};

class Committer {
 public:
  [[nodiscard]] static core::Result<std::unique_ptr<Committer>> open(const StoreOptions& options,
                                                                     const core::Clock& clock);

  // Up to which journal position the database has everything.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::int64_t database_id() const { return database_id_; }
  [[nodiscard]] const Summary& summary() const { return summary_; }
  [[nodiscard]] core::Result<std::vector<core::SeriesInfo>> series() { return load_series_rows(); }

  // One transaction: as much as fits into one from `from` on, never beyond `to`.
  [[nodiscard]] core::Result<CommitReport> commit(const Journal& journal, std::uint64_t from, std::uint64_t to);
  // Checkpoints when the WAL is over 1 MiB.
  [[nodiscard]] core::Result<void> checkpoint_when_due();
  // Everything into the database file, on disk. Waits for readers, up to SQLite's busy time.
  [[nodiscard]] core::Result<void> checkpoint_all();
  // Deletes a bounded number of the oldest rows when `raw` or `budget` asks for it. Series that lost something are told
  // through `forgotten`: (series, time up to which it may be gone).
  using Forgotten = std::vector<std::pair<core::SeriesId, std::int64_t>>;
  [[nodiscard]] core::Result<void> trim(Forgotten& forgotten);
  // The summary, so that the next open has nothing to read.
  [[nodiscard]] core::Result<void> finish();
  // Bytes handed to the disk by this object.
  [[nodiscard]] std::uint64_t written_bytes() const;

 private:
  struct Table;
  Committer(const StoreOptions& options, const core::Clock& clock, Database database)
      : options_(options), clock_(clock), database_(std::move(database)) {}
  [[nodiscard]] core::Result<void> load();
  [[nodiscard]] core::Result<std::vector<core::SeriesInfo>> load_series_rows();
  [[nodiscard]] core::Result<void> write(Gathered& gathered, CommitReport& report);
  [[nodiscard]] core::Result<void> put_series(const Gathered& gathered);
  [[nodiscard]] core::Result<void> put_blocks(std::vector<Point>& points, std::uint64_t position);
  [[nodiscard]] core::Result<void> put_late(std::vector<Point>& points);
  [[nodiscard]] core::Result<bool> over_budget();
  [[nodiscard]] core::Result<bool> delete_oldest(std::int64_t before, Forgotten& forgotten);
  [[nodiscard]] core::Result<std::int64_t> delete_rows(const Table& table, std::int64_t before, Forgotten& forgotten);

  const StoreOptions& options_;
  const core::Clock& clock_;
  Database database_;
  Summary summary_;
  std::unordered_map<core::SeriesId, std::size_t> series_hashes_;  // so that what is known is not written again
  std::uint64_t position_ = 0;
  std::int64_t database_id_ = 0;
  std::int64_t upto_ = 0;
  std::int64_t newest_block_ = 0;
  std::uint64_t checkpointed_pages_ = 0;
};

}  // namespace telltale::store
