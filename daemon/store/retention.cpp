// Deleting: the part of Committer that keeps `raw` and `budget`.
//
// The budget is hard. Before anything is written there must be room for it in the database file, whose size SQLite is
// told never to pass; what the WAL can reach, its index, and files of others are set aside.
#include <algorithm>
#include <string>

#include "daemon/store/block_codec.h"
#include "daemon/store/committer.h"
#include "daemon/store/files.h"
#include "daemon/store/meta.h"
#include "daemon/store/schema.h"

namespace telltale::store {

// The tables differ in how their oldest rows are found.
struct Committer::Table {
  const char* oldest;
  const char* select;  // id, readings, last, data of the oldest rows that end before ?1
  const char* remove;
};

namespace {

constexpr int kSteps = 256;
constexpr core::Duration kShortRaw = std::chrono::hours(2);
constexpr std::uint64_t kPagesBeside = 48;  // of trees, of the summary, of what is not full

}  // namespace

// How large the database may become, in pages.
std::uint64_t Committer::pages_allowed() const {
  if (options_.budget == 0) return most_pages_;
  const std::uint64_t beside = bytes_beside(options_.state_dir) + limits_.wal_reserve + Limits::kSharedMemory;
  return std::min(most_pages_, (options_.budget - std::min(options_.budget, beside)) / page_bytes_);
}

// Bytes that the database can take up before it is as large as it may become.
core::Result<std::int64_t> Committer::room() {
  const std::uint64_t allowed = pages_allowed();
  if (allowed == UINT64_MAX) return INT64_MAX;
  const std::uint64_t pages = std::max<std::uint64_t>(allowed, 1);
  auto set = database_.integer("PRAGMA max_page_count=" + std::to_string(pages));
  if (!set) return set.error();
  auto used = database_.integer("SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count");
  if (!used) return used.error();
  return (static_cast<std::int64_t>(pages) - *used) * static_cast<std::int64_t>(page_bytes_);
}

// The oldest go until `bytes` and some more have room; when all have gone, SQLite says that there is none.
core::Result<void> Committer::make_room(std::uint64_t bytes) {
  const auto need = static_cast<std::int64_t>(bytes + bytes / 8 + kPagesBeside * page_bytes_);
  auto left = room();
  if (!left) return left.error();
  if (*left >= need) return {};
  const std::uint64_t whole = options_.budget != 0 ? options_.budget : most_pages_ * page_bytes_;
  const auto ahead = static_cast<std::int64_t>(std::clamp<std::uint64_t>(whole / 64, 16U << 10U, 512U << 10U));
  if (auto begun = begin(); !begun) return begun;
  for (int step = 0; step < kSteps && *left < need + ahead; ++step) {
    auto deleted = delete_oldest(INT64_MAX);
    if (deleted && !*deleted) deleted = delete_oldest_tier();
    if (!deleted) return deleted.error();
    if (!*deleted) break;
    left = room();
    if (!left) return left.error();
  }
  auto done = save_summary(database_, summary_);
  if (done) done = database_.execute("COMMIT");
  // A budget that became smaller: the file must, too.
  if (done) done = database_.execute(("PRAGMA incremental_vacuum(" + std::to_string(excess_pages()) + ")").c_str());
  return done;
}

// Pages by which the file is larger than it may be.
std::int64_t Committer::excess_pages() {
  auto pages = database_.integer("SELECT page_count FROM pragma_page_count");
  const std::uint64_t allowed = pages_allowed();
  if (!pages || static_cast<std::uint64_t>(*pages) <= allowed) return 0;
  return *pages - static_cast<std::int64_t>(allowed);
}

core::Result<bool> Committer::delete_rows(const Table& table, std::int64_t before) {
  auto select = database_.prepare(table.select);
  if (!select) return select.error();
  auto remove = database_.prepare(table.remove);
  if (!remove) return remove.error();
  select->bind(1, before);
  std::vector<std::int64_t> ids;
  for (;;) {
    auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    ids.push_back(select->integer(0));
    gone_ = std::max(gone_, select->integer(2));
    summary_.samples -= select->integer(1);
    // A damaged block goes like any other.
    (void)visit_block(select->blob(3), [&](const BlockHead& head, std::string_view) -> core::Result<void> {
      if (head.last < demoted_) return {};  // buckets of it are left
      summary_.spans.forget(head.series, head.last);
      forgotten_.emplace_back(head.series, head.last);
      return {};
    });
  }
  for (const std::int64_t id : ids) {
    if (auto removed = remove->bind(1, id).run(); !removed) return removed.error();
  }
  if (ids.empty()) return false;
  if (auto told = set_meta(database_, Meta::kGone, gone_); !told) return told.error();
  return true;
}

// Deletes a few rows that end before `before` from the table whose oldest row is older. False: there was none.
core::Result<bool> Committer::delete_oldest(std::int64_t before) {
  static constexpr Table kSegments = {
      "SELECT first FROM segment ORDER BY id LIMIT 1",
      "SELECT id, readings, last, data FROM segment WHERE last < ?1 AND id < (SELECT min(id) FROM segment) + 4 "
      "ORDER BY id",
      "DELETE FROM segment WHERE id = ?"};
  static constexpr Table kLate = {
      "SELECT min(last) FROM late_block",
      "SELECT id, readings, last, data FROM late_block WHERE last < ?1 ORDER BY last LIMIT 4",
      "DELETE FROM late_block WHERE id = ?"};
  static constexpr Table kVersion1 = {"SELECT first FROM block ORDER BY id LIMIT 1",
                                      "SELECT id, readings, last, data FROM block WHERE upto < ?1 AND id < (SELECT "
                                      "min(id) FROM block) + 16 ORDER BY id",
                                      "DELETE FROM block WHERE id = ?"};
  std::vector<std::pair<std::int64_t, const Table*>> tables;
  for (const Table* table : {&kSegments, &kLate, &kVersion1}) {
    auto oldest = database_.prepare(table->oldest);
    if (!oldest) return oldest.error();
    auto row = oldest->step();
    if (!row) return row.error();
    if (*row && !oldest->is_null(0)) tables.emplace_back(oldest->integer(0), table);
  }
  std::stable_sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [time, table] : tables) {
    auto deleted = delete_rows(*table, before);
    if (!deleted || *deleted) return deleted;
  }
  return false;
}

// Looks after every compaction: what is old is in segments.
core::Result<void> Committer::keep_raw() {
  if (!compacted_ || options_.raw <= core::Duration::zero() || !clock_.synchronised() || upto_ == kNoTime) return {};
  // The newest reading counts when the clock is ahead of it: a clock that jumped must not delete everything.
  const std::int64_t now = std::min(upto_, static_cast<std::int64_t>(clock_.wall_now().time_since_epoch().count()));
  compacted_ = false;
  if (now < kNoTime + options_.raw.count()) return {};
  const std::int64_t oldest = now - options_.raw.count();
  if (auto demoted = demote(oldest); !demoted) return demoted;
  // What no bucket stands for stays until one does; where hours are no measure, nothing is waited for.
  const bool waits = options_.raw > kShortRaw;
  if (waits && demoted_ < oldest) compacted_ = true;
  auto done = begin();
  bool any = false;
  for (int step = 0; step < kSteps && done; ++step) {
    auto deleted = delete_oldest(waits ? std::min(oldest, demoted_) : oldest);
    if (!deleted) return deleted.error();
    if (!*deleted) break;
    any = true;
    compacted_ = step + 1 == kSteps;  // more may be left
  }
  if (done && any) done = save_summary(database_, summary_);
  if (done) done = database_.execute(any ? "COMMIT" : "ROLLBACK");
  return done;
}

}  // namespace telltale::store
