// The part of Committer that makes few large blocks of many small ones, and checkpoints.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "daemon/store/arrival.h"
#include "daemon/store/committer.h"
#include "daemon/store/meta.h"
#include "daemon/store/schema.h"
#include "daemon/store/steps.h"

namespace telltale::store {

namespace {

constexpr std::int64_t kVersion1Rows = 128;  // per transaction
constexpr std::uint64_t kVersion1Bytes = 64U << 10U;

// Which stretch of the journal a chunk is of, as long as a correction of the clock can ask for it.
core::Result<void> note_chunk(Database& database, std::int64_t chunk, std::uint64_t position, std::uint64_t begun) {
  auto remove = database.prepare("DELETE FROM meta WHERE name GLOB 'chunk_*' AND value <= ?");
  if (!remove) return remove.error();
  if (auto removed = remove->bind(1, static_cast<std::int64_t>(begun)).run(); !removed) return removed;
  if (position <= begun) return {};
  return put_meta(database, "chunk_" + std::to_string(chunk), static_cast<std::int64_t>(position));
}

}  // namespace

// The tail, and one block behind it that is in no slot. Inside the caller's transaction.
core::Result<void> Committer::compact(std::string_view behind_tail) {
  Compaction compaction;
  auto read = visit_tail(database_, [&](const TailCommit& commit) -> core::Result<void> {
    compaction.add(commit.block);
    return {};
  });
  if (!read) return read;
  if (!behind_tail.empty()) compaction.add(behind_tail);
  auto done = write_compacted(compaction, std::exchange(summary_.in_tail, 0), position_);
  if (done) done = set_meta(database_, Meta::kCompacted, static_cast<std::int64_t>(tail_.newest()));
  if (done) done = set_meta(database_, Meta::kPosition, static_cast<std::int64_t>(position_));
  tail_.clear();
  return done;
}

core::Result<void> Committer::compact_tail() {
  if (tail_.empty()) return {};
  auto done = make_room(tail_.used() * kSlotBytes);
  if (done) done = begin();
  if (done) done = compact({});
  if (done) done = database_.execute("COMMIT");
  return done;
}

// `before`: how many readings the summary counted for what was compacted. `position`: of the journal, behind them; 0:
// of an earlier boot of the machine.
core::Result<void> Committer::write_compacted(Compaction& compaction, std::int64_t before, std::uint64_t position) {
  Compaction::Limits limits;
  limits.oldest = store::before(upto_, kLateness);
  const std::int64_t now = clock_.wall_now().time_since_epoch().count();
  limits.newest = now > INT64_MAX - kLateness ? INT64_MAX : now + kLateness;
  limits.upto = upto_;
  limits.chunk = ++chunk_;
  auto report = compaction.write(database_, limits);
  if (!report) return report.error();
  upto_ = report->upto;
  duplicates_ += report->duplicates;
  summary_.samples += report->readings - before;
  compacted_ = tiers_due_ = true;
  late_due_ = late_due_ || report->late;
  densest_ = std::isinf(densest_) ? report->densest : std::max(densest_, report->densest);
  auto done = set_meta(database_, Meta::kUpto, upto_);
  if (done && report->first_late < demoted_) {  // of what came, tiers have nothing yet
    demoted_ = floor_to(report->first_late, kDemoted);
    done = set_meta(database_, Meta::kDemoted, demoted_);
  }
  if (done) done = set_meta(database_, Meta::kChunk, chunk_);
  if (done) done = note_chunk(database_, chunk_, position, begun_);
  if (done) done = save_tiers();
  if (done) done = save_summary(database_, summary_);
  return done;
}

// The oldest blocks of version 1, each with the late ones that came before the next. How many readings they are said to
// hold; their rows are deleted.
core::Result<std::int64_t> Committer::take_version1(Compaction& compaction) {
  auto rows = database_.prepare(
      "SELECT id * 2 AS arrival, readings, data FROM (SELECT * FROM block ORDER BY id LIMIT ?1) UNION ALL "
      "SELECT after * 2 + 1, readings, data FROM late_block WHERE after <= "
      "(SELECT max(id) FROM (SELECT id FROM block ORDER BY id LIMIT ?1)) ORDER BY arrival");
  if (!rows) return rows.error();
  auto last = database_.prepare("SELECT max(id) FROM (SELECT id FROM block ORDER BY id LIMIT ?)");
  if (!last) return last.error();
  auto newest = last->bind(1, kVersion1Rows).step();
  if (!newest) return newest.error();
  const std::int64_t upto = last->integer(0);
  last->reset();
  rows->bind(1, kVersion1Rows);
  std::int64_t readings = 0;
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    readings += rows->integer(1);
    compaction.add(rows->blob(2));
  }
  for (const char* sql : {"DELETE FROM block WHERE id <= ?", "DELETE FROM late_block WHERE after <= ?"}) {
    auto remove = database_.prepare(sql);
    if (!remove) return remove.error();
    if (auto removed = remove->bind(1, upto).run(); !removed) return removed.error();
  }
  return readings;
}

core::Result<void> Committer::compact_version1() {
  Compaction compaction;
  if (auto done = make_room(kVersion1Bytes); !done) return done;
  if (auto done = begin(); !done) return done;
  auto readings = take_version1(compaction);
  if (!readings) return readings.error();
  auto done = write_compacted(compaction, *readings, 0);
  if (done) done = database_.execute("COMMIT");
  if (!done) return done;
  auto left = database_.integer("SELECT EXISTS(SELECT 1 FROM block)");
  if (!left) return left.error();
  version1_ = *left != 0;
  return {};
}

core::Result<void> Committer::checkpoint_when_due() {
  if (database_.wal_pages() * (page_bytes_ + Limits::kFrameHead) < limits_.wal_bytes) return {};
  auto pages = database_.checkpoint(false);
  if (!pages) return pages.error();
  checkpointed_pages_ += *pages;
  return {};
}

core::Result<void> Committer::checkpoint_all() {
  auto pages = database_.checkpoint(true);
  if (!pages) return pages.error();
  checkpointed_pages_ += *pages;
  return {};
}

}  // namespace telltale::store
