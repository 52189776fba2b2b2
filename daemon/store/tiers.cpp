// The part of Committer that keeps tiers: buckets in place of many readings, so that a view of years reads little, and
// so that something is left when the readings have to go.
//
// A level is made a stretch at a time, once nothing on time can come for it any more. What comes late makes its row
// anew.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "daemon/store/arrival.h"
#include "daemon/store/committer.h"
#include "daemon/store/meta.h"
#include "daemon/store/scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/steps.h"
#include "daemon/store/tier_builder.h"

namespace telltale::store {

namespace {

// Readings in a bucket from which on it is worth its bytes: it costs as many as some fifteen of them.
constexpr std::uint64_t kWorth = 256;
constexpr core::Duration kPatience = std::chrono::milliseconds(50);  // at a time: commits wait for it
constexpr std::int64_t kDemoted = 3'600 * kTierSecond;               // the level that is left of what few readings made
constexpr std::int64_t kDemotedAtOnce = 72;

std::string level_name(std::size_t number) { return "tier_" + std::to_string(kTierSteps.at(number) / kTierSecond); }

}  // namespace

// The first time, in the first row that has something from `from` on; kNoTime: there is none.
core::Result<std::int64_t> Committer::first_in_segments(std::int64_t from) {
  auto begin = first_segment(database_, from);
  if (!begin) return begin;
  auto first = database_.prepare("SELECT first FROM segment WHERE id >= ? AND last >= ? ORDER BY id LIMIT 1");
  if (!first) return first.error();
  auto row = first->bind(1, *begin).bind(2, from).step();
  if (!row) return row.error();
  return *row ? first->integer(0) : kNoTime;
}

core::Result<void> Committer::load_tiers() {
  tier_upto_.fill({});
  auto there = has_tiers(database_);
  if (!there) return there.error();
  has_tiers_ = *there;
  for (std::size_t i = 0; i < kTierSteps.size(); ++i) {
    auto upto = get_meta(database_, level_name(i));
    if (!upto) return upto.error();
    if (*upto != 0) tier_upto_.at(i).time = *upto;
  }
  return {};
}

// Inside the caller's transaction.
core::Result<void> Committer::save_tiers() {
  for (std::size_t i = 0; i < kTierSteps.size(); ++i) {
    TierUpto& upto = tier_upto_.at(i);
    if (!upto.changed) continue;
    if (auto done = put_meta(database_, level_name(i), upto.time); !done) return done;
    upto.changed = false;
  }
  return {};
}

core::Result<std::optional<std::vector<core::TierStats>>> Committer::take_tiers() {
  std::optional<std::vector<core::TierStats>> out;
  if (!std::exchange(tiers_changed_, false)) return out;
  out.emplace();
  if (!has_tiers_) return out;
  auto rows = database_.prepare(
      "SELECT level, sum(length(data)), min(first), max(last) FROM tier GROUP BY level ORDER BY level");
  if (!rows) return rows.error();
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return out;
    out->push_back({core::Duration(rows->integer(0)), static_cast<std::uint64_t>(rows->integer(1)),
                    core::WallTime(core::Duration(rows->integer(2))),
                    core::WallTime(core::Duration(rows->integer(3)))});
  }
}

// Inside the caller's transaction.
core::Result<void> Committer::build(TierBuilder& builder, const TierBuilder::Stretch& stretch) {
  tiers_changed_ = true;
  if (!has_tiers_) {
    if (auto made = make_tiers(database_); !made) return made;
    has_tiers_ = true;
  }
  return builder.build(stretch);
}

// False: nothing of the level is due.
core::Result<bool> Committer::build_next(std::size_t number) {
  if (upto_ == kNoTime) return false;
  const std::int64_t level = kTierSteps.at(number);
  TierUpto& upto = tier_upto_.at(number);
  if (upto.time == kNoTime) {
    auto first = first_in_segments(INT64_MIN);
    if (!first) return first.error();
    if (*first == kNoTime) return false;
    upto.time = floor_to(*first, level);
  }
  const std::int64_t reach = kTierBuckets * level;
  const std::int64_t settled = floor_to(before(upto_, kLateness), level);
  if (before(settled, reach) < upto.time) return false;
  upto.changed = true;
  if (densest_ * (static_cast<double>(level) / kTierSecond) < static_cast<double>(kWorth)) {
    upto.time = before(settled, reach);  // no series has enough: told to the file with the next compaction
    return false;
  }
  auto next = first_in_segments(upto.time);
  if (!next) return next.error();
  // Over what has no readings: a clock may have been wrong by decades.
  if (*next == kNoTime) *next = settled;
  upto.time = std::max(upto.time, std::min(floor_to(*next, level), settled));
  if (before(settled, reach) < upto.time) return false;
  TierBuilder builder(database_);
  auto most = builder.most_buckets();
  if (!most) return most.error();
  const auto left =
      (static_cast<std::uint64_t>(settled) - static_cast<std::uint64_t>(upto.time)) / static_cast<std::uint64_t>(reach);
  const auto stretches = static_cast<std::int64_t>(std::min(left, static_cast<std::uint64_t>(*most / kTierBuckets)));
  const Interval span{upto.time, upto.time + stretches * reach};
  if (auto room = make_room(kTierRoom); !room) return room.error();
  upto.time = span.end;
  auto done = begin();
  if (done) done = build(builder, {level, span, chunk_, kWorth, false});
  if (done) done = save_tiers();
  if (done) done = database_.execute("COMMIT");
  if (!done) return done.error();
  return true;
}

core::Result<void> Committer::build_tiers() {
  if (!tiers_due_) return {};
  const core::BootTime until = clock_.boot_now() + kPatience;
  for (std::size_t number = 0; number < kTierSteps.size(); ++number) {
    for (;;) {
      auto built = build_next(number);
      if (!built) return built.error();
      if (!*built) break;
      if (clock_.boot_now() > until) return {};  // the rest at the next commit
    }
  }
  tiers_due_ = false;
  return late_due_ ? rebuild_late() : core::Result<void>();
}

// The rows of one stretch of a level are made again, from the readings.
core::Result<void> Committer::rebuild(std::int64_t level, const Interval& span) {
  auto remove = database_.prepare("DELETE FROM tier WHERE level=? AND first=? AND last=?");
  if (!remove) return remove.error();
  auto done = remove->bind(1, level).bind(2, span.begin).bind(3, span.end).run();
  TierBuilder builder(database_);
  if (done) done = build(builder, {level, span, chunk_, kWorth, false});
  return done;
}

// One row for which something came late, since it was made. The others later.
core::Result<void> Committer::rebuild_late() {
  if (!has_tiers_) return {};
  auto due = database_.prepare(
      "SELECT tier.level, tier.first, tier.last FROM late_block JOIN tier ON late_block.last >= tier.first AND "
      "late_block.first < tier.last AND late_block.after > ?1 + tier.chunk WHERE tier.first >= ?2 ORDER BY tier.level "
      "LIMIT 1");
  if (!due) return due.error();
  auto first = first_in_segments(INT64_MIN);
  if (!first) return first.error();
  auto row = due->bind(1, kChunkBase).bind(2, std::max({demoted_, gone_, *first})).step();
  if (!row) return row.error();
  if (!*row) {
    late_due_ = false;
    return {};
  }
  const std::int64_t level = due->integer(0);
  const Interval span{due->integer(1), due->integer(2)};
  due->reset();
  if (auto room = make_room(kTierRoom); !room) return room;
  auto done = begin();
  if (done) done = rebuild(level, span);
  if (done) done = database_.execute("COMMIT");
  return done;
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

// Readings before `target` are about to go: an hour's bucket stays of those of which no tier has anything.
core::Result<void> Committer::demote(std::int64_t target) {
  if (upto_ == kNoTime) return {};
  auto first = first_in_segments(INT64_MIN);
  if (!first) return first.error();
  if (*first == kNoTime) return {};
  const std::int64_t settled = floor_to(before(upto_, kLateness), kDemoted);
  const core::BootTime until = clock_.boot_now() + kPatience;
  demoted_ = std::max(demoted_, floor_to(*first, kDemoted));
  while (demoted_ < target && demoted_ < settled && clock_.boot_now() <= until) {
    auto next = first_in_segments(demoted_);  // over what has no readings
    if (!next) return next.error();
    if (*next == kNoTime) return {};
    demoted_ = std::max(demoted_, floor_to(*next, kDemoted));
    if (demoted_ >= settled) return {};
    const std::int64_t end = std::min(settled, demoted_ + kDemotedAtOnce * kDemoted);
    if (auto room = make_room(kTierRoom); !room) return room;
    auto done = begin();
    TierBuilder builder(database_);
    if (done) done = build(builder, {kDemoted, {demoted_, end}, chunk_, 0, true});
    if (done) done = set_meta(database_, Meta::kDemoted, end);
    if (done) done = database_.execute("COMMIT");
    if (!done) return done;
    demoted_ = end;
  }
  return {};
}

// The oldest readings are made buckets in good time, before the budget asks for their room.
core::Result<void> Committer::demote_for_budget() {
  if (options_.budget == 0) return {};
  auto left = room();
  if (!left) return left.error();
  if (*left > static_cast<std::int64_t>(options_.budget / 8)) return {};
  const auto rows = static_cast<std::int64_t>(std::max<std::uint64_t>(4, options_.budget / 32 / kRowBytes));
  auto last = database_.integer("SELECT coalesce(max(last), " + std::to_string(kNoTime) +
                                ") FROM (SELECT last FROM segment ORDER BY id LIMIT " + std::to_string(rows) + ")");
  if (!last) return last.error();
  if (auto done = demote(*last); !done) return done;
  return shrink_tiers();
}

// Tiers may take a quarter of the budget; then the oldest of the finest level goes.
core::Result<void> Committer::shrink_tiers() {
  if (!has_tiers_) return {};
  for (;;) {
    auto bytes = database_.integer("SELECT coalesce(sum(length(data)), 0) FROM tier");
    if (!bytes) return bytes.error();
    if (static_cast<std::uint64_t>(*bytes) <= options_.budget / 4) return {};
    auto done = begin();
    if (!done) return done;
    auto deleted = delete_oldest_tier();
    if (!deleted) return deleted.error();
    done = database_.execute("COMMIT");
    if (!done || !*deleted) return done;
  }
}

// A few rows of the finest level that there is. False: there is none.
core::Result<bool> Committer::delete_oldest_tier() {
  if (!has_tiers_) return false;
  tiers_changed_ = true;
  auto any = database_.integer("SELECT EXISTS(SELECT 1 FROM tier)");
  if (!any || *any == 0) return any ? core::Result<bool>(false) : core::Result<bool>(any.error());
  auto done = database_.execute(
      "DELETE FROM tier WHERE id IN (SELECT id FROM tier WHERE level = (SELECT min(level) FROM tier) ORDER BY first "
      "LIMIT 8)");
  if (!done) return done.error();
  return true;
}

}  // namespace telltale::store
