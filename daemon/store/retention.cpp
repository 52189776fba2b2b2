// Deleting: the part of Committer that keeps `raw` and `budget`.
#include <algorithm>
#include <string>

#include "daemon/store/block_codec.h"
#include "daemon/store/committer.h"
#include "daemon/store/schema.h"

namespace telltale::store {

// The two tables differ in how their oldest rows are found.
struct Committer::Table {
  const char* oldest;
  const char* select;  // id, readings, last, data of the oldest rows that end before ?1
  const char* remove;
};

namespace {

constexpr std::uint64_t kMostReserve = 2ULL << 20U;  // for the WAL beside the database, and one commit
constexpr int kSteps = 16;
constexpr std::int64_t kStepRows = 64;  // as in the statements below

}  // namespace

core::Result<bool> Committer::over_budget() {
  if (options_.budget == 0) return false;
  auto used = database_.integer(
      "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, "
      "pragma_page_size");
  if (!used) return used.error();
  const std::uint64_t reserve = std::min(kMostReserve, options_.budget / 8 * 3);
  return static_cast<std::uint64_t>(*used) > options_.budget - reserve;
}

core::Result<std::int64_t> Committer::delete_rows(const Table& table, std::int64_t before, Forgotten& forgotten) {
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
    summary_.samples -= select->integer(1);
    // A damaged block goes like any other.
    (void)visit_block(select->blob(3), [&](const BlockHead& head, std::string_view) -> core::Result<void> {
      summary_.spans.forget(head.series, head.last);
      forgotten.emplace_back(head.series, head.last);
      return {};
    });
  }
  for (const std::int64_t id : ids) {
    if (auto removed = remove->bind(1, id).run(); !removed) return removed.error();
  }
  return static_cast<std::int64_t>(ids.size());
}

// Deletes up to 64 rows that end before `before` from the table whose oldest row is older. False: there was none.
core::Result<bool> Committer::delete_oldest(std::int64_t before, Forgotten& forgotten) {
  // The newest block stays whatever its age: it says how far the journal is in.
  static constexpr Table kBlocks = {
      "SELECT upto FROM block ORDER BY id LIMIT 1",
      "SELECT id, readings, last, data FROM block WHERE upto < ?1 AND id < (SELECT max(id) FROM block) "
      "AND id < (SELECT min(id) FROM block) + 64 ORDER BY id",
      "DELETE FROM block WHERE id = ?"};
  static constexpr Table kLate = {
      "SELECT min(last) FROM late_block",
      "SELECT id, readings, last, data FROM late_block WHERE last < ?1 ORDER BY last LIMIT 64",
      "DELETE FROM late_block WHERE id = ?"};
  auto late_rows = database_.integer("SELECT EXISTS(SELECT 1 FROM late_block)");
  if (!late_rows) return late_rows.error();
  auto block = database_.integer(kBlocks.oldest);
  if (!block) return block.error();
  auto late = database_.integer(kLate.oldest);
  if (!late) return late.error();
  const bool late_first = *late_rows != 0 && *late <= *block;
  auto deleted = delete_rows(late_first ? kLate : kBlocks, before, forgotten);
  if (deleted && *deleted == 0) deleted = delete_rows(late_first ? kBlocks : kLate, before, forgotten);
  if (!deleted) return deleted.error();
  return *deleted != 0;
}

core::Result<void> Committer::trim(Forgotten& forgotten) {
  std::int64_t cutoff = kNoTime;
  if (options_.raw > core::Duration::zero() && clock_.synchronised() && upto_ != kNoTime) {
    // The newest reading counts when the clock is ahead of it: a clock that jumped must not delete everything.
    const std::int64_t now = std::min(upto_, static_cast<std::int64_t>(clock_.wall_now().time_since_epoch().count()));
    if (now > kNoTime + options_.raw.count()) cutoff = now - options_.raw.count();
  }
  // By age only now and then: each deletion rewrites the summary, which costs flash.
  if (newest_block_ % kStepRows != 0) cutoff = kNoTime;
  if (cutoff == kNoTime && options_.budget == 0) return {};
  auto done = database_.execute("BEGIN IMMEDIATE");
  bool any = false;
  for (int step = 0; step < kSteps && done; ++step) {
    auto over = over_budget();
    if (!over) return over.error();
    if (!*over && cutoff == kNoTime) break;
    auto deleted = delete_oldest(*over ? INT64_MAX : cutoff, forgotten);
    if (!deleted) return deleted.error();
    if (!*deleted) break;
    any = true;
  }
  if (done && any) done = save_summary(database_, summary_);
  if (done) done = database_.execute(any ? "COMMIT" : "ROLLBACK");
  return done;
}

}  // namespace telltale::store
