// The part of Committer that makes tiers of what came late: a past that is brought along, a gap that a gateway fills a
// day after. Where a row is, it is made anew; where none is, and the level has passed, it is made.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/arrival.h"
#include "daemon/store/committer.h"
#include "daemon/store/steps.h"
#include "daemon/store/tier_builder.h"

namespace telltale::store {

core::Result<void> Committer::build_late(core::BootTime until) {
  if (!late_due_) return {};
  auto newer = database_.integer("SELECT EXISTS(SELECT 1 FROM late_block WHERE after > " +
                                 std::to_string(kChunkBase + late_upto_.chunk) + ")");
  if (!newer) return newer.error();
  late_due_ = *newer != 0;
  while (late_due_ && clock_.boot_now() <= until) {
    if (late_upto_.level == kTierSteps.size()) {  // every missing row is there
      auto rebuilt = rebuild_one();
      if (!rebuilt) return rebuilt.error();
      if (*rebuilt) continue;
      late_due_ = late_upto_.target != chunk_;
      late_upto_ = {late_upto_.target, true, chunk_, 0, kFirstBucket, {}};
      continue;
    }
    if (late_upto_.level == 0 && late_upto_.time == kFirstBucket) late_upto_.target = chunk_;
    auto built = build_missing(late_upto_.level);
    if (!built) return built.error();
    if (!*built) {
      ++late_upto_.level;
      late_upto_.time = kFirstBucket;
    }
  }
  return {};
}

// A stretch of the level for which something came that no level knows of, where it has no row. False: there is none.
core::Result<bool> Committer::build_missing(std::size_t number) {
  const std::int64_t level = tier_step(number);
  const std::int64_t limit = tier_upto_.at(number).time;
  if (limit == kNoTime || !dense_enough(level)) return false;
  auto late = database_.prepare(
      "SELECT min(max(first, ?1)), max(last) FROM late_block WHERE last >= ?1 AND first < ?2 AND after > ?3");
  if (!late) return late.error();
  auto row = late->bind(1, late_upto_.time).bind(2, limit).bind(3, kChunkBase + late_upto_.chunk).step();
  if (!row) return row;
  if (!*row || late->is_null(0)) return false;
  const std::int64_t reach = kTierBuckets * level;
  const std::int64_t begin = std::max(late_upto_.time, floor_to(late->integer(0), reach));
  const std::int64_t newest = late->integer(1);
  late->reset();
  if (begin >= limit) return false;
  auto most = TierBuilder(database_, has_tiers_).most_buckets(level);
  if (!most) return most.error();
  const std::int64_t last = std::min(limit, ceil_to(newest == INT64_MAX ? newest : newest + 1, reach));
  const Interval span{begin, late_upto_.stride.end(begin, *most * level, last)};
  const bool probe = late_upto_.stride.wide();
  auto found = probe ? TierBuilder(database_, has_tiers_).any(span) : build_gaps(level, span);
  if (!found) return found;
  if (!probe || !*found) late_upto_.time = span.end;
  late_upto_.stride.note(*found);
  return true;
}

// Whether there was anything.
core::Result<bool> Committer::build_gaps(std::int64_t level, const Interval& span) {
  Intervals there;
  if (has_tiers_) {
    auto rows = database_.prepare("SELECT DISTINCT first, last FROM tier WHERE level = ? AND first < ? AND last > ?");
    if (!rows) return rows.error();
    rows->bind(1, level).bind(2, span.end).bind(3, span.begin);
    for (;;) {
      auto row = rows->step();
      if (!row) return row;
      if (!*row) break;
      there.push_back({rows->integer(0), rows->integer(1)});
    }
  }
  const Intervals missing = without(span, std::move(there));
  if (missing.empty()) return true;
  if (auto room = make_room(kTierRoom); !room) return room.error();
  if (auto begun = begin(); !begun) return begun.error();
  bool any = false;
  for (const Interval& gap : missing) {
    // Where readings went, or are about to go, other levels may have what they were.
    const bool lost = gap.begin < std::max(demoted_, gone_);
    auto built = build({level, gap, chunk_, lost && level == kDemoted ? 0 : kWorth, lost});
    if (!built) return built;
    any = any || *built;
  }
  auto done = database_.execute("COMMIT");
  return done ? core::Result<bool>(any) : core::Result<bool>(done.error());
}

// The rows of one stretch of a level are made again, from the readings.
core::Result<void> Committer::rebuild(std::int64_t level, const Interval& span) {
  auto remove = database_.prepare("DELETE FROM tier WHERE level=? AND first=? AND last=?");
  if (!remove) return remove.error();
  if (auto gone = remove->bind(1, level).bind(2, span.begin).bind(3, span.end).run(); !gone) return gone;
  auto built = build({level, span, chunk_, kWorth, false});
  return built ? core::Result<void>() : built.error();
}

// One row for which something came late since it was made. False: there is none.
core::Result<bool> Committer::rebuild_one() {
  if (!has_tiers_) return false;
  auto due = database_.prepare(
      "SELECT tier.level, tier.first, tier.last FROM late_block JOIN tier ON late_block.last >= tier.first AND "
      "late_block.first < tier.last AND late_block.after > ?1 + tier.chunk WHERE tier.first >= ?2 ORDER BY tier.level "
      "LIMIT 1");
  if (!due) return due.error();
  auto row = due->bind(1, kChunkBase).bind(2, std::max(demoted_, gone_)).step();
  if (!row || !*row) return row;
  const std::int64_t level = due->integer(0);
  const Interval span{due->integer(1), due->integer(2)};
  due->reset();
  auto done = make_room(kTierRoom);
  if (done) done = begin();
  if (done) done = rebuild(level, span);
  if (done) done = database_.execute("COMMIT");
  return done ? core::Result<bool>(true) : core::Result<bool>(done.error());
}

// Readings of [from, to] are others than before. Inside the caller's transaction.
core::Result<void> Committer::rebuild_tiers(std::int64_t from, std::int64_t to) {
  if (!has_tiers_) return {};
  auto rows = database_.prepare(
      "SELECT DISTINCT level, first, last FROM tier WHERE last > ? AND first <= ? AND first >= ? ORDER BY level");
  if (!rows) return rows.error();
  rows->bind(1, from).bind(2, to).bind(3, std::max(demoted_, gone_));
  std::vector<std::pair<std::int64_t, Interval>> due;
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    due.push_back({rows->integer(0), {rows->integer(1), rows->integer(2)}});
  }
  for (const auto& [level, span] : due) {
    if (auto done = rebuild(level, span); !done) return done;
  }
  return {};
}

}  // namespace telltale::store
