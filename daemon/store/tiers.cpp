// The part of Committer that keeps tiers: buckets in place of many readings, so that a view of years reads little, and
// so that something is left when the readings have to go.
//
// A level is made a stretch at a time, once nothing on time can come for it any more; tiers_late.cpp has what comes
// late.
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

// And of what came late.
core::Result<std::int64_t> Committer::first_reading(std::int64_t from) {
  auto first = first_in_segments(from);
  if (!first) return first;
  auto late = database_.prepare("SELECT min(max(first, ?1)) FROM late_block WHERE last >= ?1");
  if (!late) return late.error();
  auto row = late->bind(1, from).step();
  if (!row) return row.error();
  if (!*row || late->is_null(0)) return first;
  return *first == kNoTime ? late->integer(0) : std::min(*first, late->integer(0));
}

core::Result<void> Committer::load_tiers() {
  tier_upto_.fill({});
  late_upto_ = {};
  auto late = get_meta(database_, Meta::kLate);
  if (!late) return late.error();
  late_upto_.chunk = *late;
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
  if (!std::exchange(late_upto_.changed, false)) return {};
  return put_meta(database_, Meta::kLate, late_upto_.chunk);
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

// Inside the caller's transaction. Whether there was anything to build from.
core::Result<bool> Committer::build(const TierBuilder::Stretch& stretch) {
  tiers_changed_ = true;
  TierBuilder builder(database_, has_tiers_);
  auto built = builder.build(stretch);
  has_tiers_ = builder.has_table();
  return built;
}

// Whether a series has as many readings as a bucket of the level is worth.
bool Committer::dense_enough(std::int64_t level) const {
  return densest_ * (static_cast<double>(level) / kTierSecond) >= static_cast<double>(kWorth);
}

// False: nothing of the level is due.
core::Result<bool> Committer::build_next(std::size_t number) {
  if (upto_ == kNoTime) return false;
  const std::int64_t level = tier_step(number);
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
  if (!dense_enough(level)) {
    upto.time = before(settled, reach);  // no series has enough: told to the file with the next compaction
    return false;
  }
  auto next = first_in_segments(upto.time);
  if (!next) return next.error();
  // Over what has no readings: a clock may have been wrong by decades.
  if (*next == kNoTime) *next = settled;
  upto.time = std::max(upto.time, std::min(floor_to(*next, level), settled));
  if (before(settled, reach) < upto.time) return false;
  auto most = TierBuilder(database_, has_tiers_).most_buckets(level);
  if (!most) return most.error();
  const auto left =
      (static_cast<std::uint64_t>(settled) - static_cast<std::uint64_t>(upto.time)) / static_cast<std::uint64_t>(reach);
  const auto stretches = static_cast<std::int64_t>(std::min(left, static_cast<std::uint64_t>(*most / kTierBuckets)));
  const Interval span{upto.time, upto.time + stretches * reach};
  if (auto room = make_room(kTierRoom); !room) return room.error();
  upto.time = span.end;
  if (auto begun = begin(); !begun) return begun.error();
  if (auto built = build({level, span, chunk_, kWorth, false}); !built) return built;
  auto done = save_tiers();
  if (done) done = database_.execute("COMMIT");
  if (!done) return done.error();
  return true;
}

// A while at a time, at every commit until nothing is due.
core::Result<void> Committer::build_tiers() {
  const core::BootTime until = clock_.boot_now() + kTierPatience;
  if (auto built = build_due(until); !built) return built;
  return tiers_due_ ? core::Result<void>() : build_late(until);
}

core::Result<void> Committer::build_due(core::BootTime until) {
  if (!tiers_due_) return {};
  for (std::size_t number = 0; number < kTierSteps.size(); ++number) {
    for (;;) {
      auto built = build_next(number);
      if (!built) return built.error();
      if (!*built) break;
      if (clock_.boot_now() > until) return {};
    }
  }
  tiers_due_ = false;
  return {};
}

// Readings before `target` are about to go: an hour's bucket stays of those of which no tier has anything.
core::Result<void> Committer::demote(std::int64_t target) {
  if (upto_ == kNoTime) return {};
  const std::int64_t settled = floor_to(before(upto_, kLateness), kDemoted);
  const core::BootTime until = clock_.boot_now() + kTierPatience;
  Stride stride;
  while (demoted_ < target && demoted_ < settled && clock_.boot_now() <= until) {
    auto next = first_reading(demoted_);  // over what has no readings
    if (!next) return next.error();
    if (*next == kNoTime) return {};
    demoted_ = std::max({demoted_, kFirstBucket, floor_to(*next, kDemoted)});
    if (demoted_ >= settled) return {};
    const std::int64_t end = stride.end(demoted_, kDemotedAtOnce * kDemoted, settled);
    auto found =
        stride.wide() ? TierBuilder(database_, has_tiers_).any({demoted_, end}) : demote_stretch({demoted_, end});
    if (!found) return found.error();
    if (!stride.wide() || !*found) demoted_ = end;
    stride.note(*found);
  }
  return {};
}

// Whether there was anything.
core::Result<bool> Committer::demote_stretch(const Interval& span) {
  if (auto room = make_room(kTierRoom); !room) return room.error();
  if (auto begun = begin(); !begun) return begun.error();
  auto found = build({kDemoted, span, chunk_, 0, true});
  if (!found) return found;
  auto done = set_meta(database_, Meta::kDemoted, span.end);
  if (done) done = database_.execute("COMMIT");
  return done ? found : core::Result<bool>(done.error());
}

// The oldest readings are made buckets in good time, before the budget asks for their room.
core::Result<void> Committer::demote_for_budget() {
  if (options_.budget == 0) return {};
  auto left = room();
  if (!left) return left.error();
  if (*left > static_cast<std::int64_t>(options_.budget / 8)) return {};
  const auto rows = static_cast<std::int64_t>(std::max<std::uint64_t>(4, options_.budget / 32 / kRowBytes));
  const std::string limit = " LIMIT " + std::to_string(rows) + ")";
  auto last = database_.integer("SELECT coalesce(max(last), " + std::to_string(kNoTime) +
                                ") FROM (SELECT last FROM (SELECT * FROM (SELECT last FROM segment ORDER BY id" +
                                limit + " UNION ALL SELECT * FROM (SELECT last FROM late_block ORDER BY last" + limit +
                                ") ORDER BY last" + limit);
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
