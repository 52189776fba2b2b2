// The part of HistoryScan that finds out which buckets of tiers can stand for readings.
//
// A bucket may when it lies in a bucket of the sinks as a whole, and nothing has come for its time since it was made.
// Where the readings are gone, what is left has to do.
#include <algorithm>
#include <utility>

#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/steps.h"
#include "daemon/store/tier_codec.h"

namespace telltale::store {

namespace {

constexpr std::int64_t behind(std::int64_t time) { return time == INT64_MAX ? time : time + 1; }

// Levels in the order in which they are tried: those that make whole buckets of the query's, the coarsest first.
std::vector<std::int64_t> whole_levels(std::int64_t step, bool itself, bool sketches) {
  std::vector<std::int64_t> out;
  for (const std::int64_t level : kTierSteps) {
    if (sketches && level < kSketchFrom) continue;
    if (step % level == 0 && (itself || level != step)) out.push_back(level);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

// Before it there are no readings any more; INT64_MIN: it is all there.
core::Result<std::int64_t> HistoryScan::first_reading() {
  auto gone = get_meta(database_, Meta::kGone);
  if (!gone) return is_damage(gone.error()) ? core::Result<std::int64_t>(INT64_MIN) : gone.error();
  if (*gone == kNoTime) return INT64_MIN;  // nothing ever went
  auto first = database_.prepare("SELECT first FROM segment ORDER BY id LIMIT 1");
  if (!first) return first.error();
  auto row = first->step();
  if (!row) return is_damage(row.error()) ? core::Result<std::int64_t>(INT64_MIN) : row.error();
  return *row ? std::min(*gone, first->integer(0)) : *gone;
}

core::Result<void> HistoryScan::find_buckets() {
  auto any = has_tiers(database_);
  if (!any) return is_damage(any.error()) ? core::Result<void>() : any.error();
  if (!*any) return {};
  auto gone = first_reading();
  if (!gone) return gone.error();
  pending_.assign(merges_.size(), {});
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    merges_[i].each_pending([&](std::int64_t time) { pending_[i].push_back(time); });
    std::sort(pending_[i].begin(), pending_[i].end());
  }
  for (const std::int64_t level : whole_levels(options_.step, !options_.finer_only, options_.sketches)) {
    if (auto done = take_level(level, {options_.from, options_.to}, *gone); !done) return done;
  }
  drop_small();
  if (!options_.finer_only) {
    const Interval lost{options_.from, std::min(*gone, options_.to)};
    for (const std::int64_t level : kTierSteps) {
      if (lost.empty() || options_.step % level == 0 || (options_.sketches && level < kSketchFrom)) continue;
      if (auto done = take_level(level, lost, *gone); !done) return done;
    }
  }
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    covers_[i].sort_buckets();
    merges_[i].set_buckets(std::exchange(covers_[i].buckets, {}));
  }
  return {};
}

// Few readings are better shown than summed up, where they are there.
void HistoryScan::drop_small() {
  for (Cover& cover : covers_) {
    if (cover.readings > options_.least) continue;
    cover.intervals = cover.lost;
    cover.buckets = cover.lost_buckets;
  }
}

core::Result<void> HistoryScan::take_level(std::int64_t level, const Interval& span, std::int64_t gone) {
  auto rows = database_.prepare(
      "SELECT first, last, chunk, data FROM tier WHERE level = ?1 AND first < ?2 AND first > ?3 AND last > ?4 AND "
      "low <= ?5 AND high >= ?6 ORDER BY first");
  if (!rows) return rows.error();
  const std::int64_t reach = kTierBuckets * level;
  rows->bind(1, level).bind(2, span.end).bind(3, span.begin < INT64_MIN + reach ? INT64_MIN : span.begin - reach);
  rows->bind(4, span.begin).bind(5, high_).bind(6, low_);
  for (;;) {
    auto row = rows->step();
    if (!row && is_damage(row.error())) {
      note_damage(row.error());
      return {};
    }
    if (!row) return row.error();
    if (!*row) break;
    const Interval stretch{std::max(rows->integer(0), span.begin), std::min(rows->integer(1), span.end)};
    if (auto taken = take_tier_row({level, stretch, rows->integer(2), gone}, rows->blob(3)); !taken) return taken;
  }
  return {};
}

core::Result<void> HistoryScan::take_tier_row(const TierRow& row, std::string_view data) {
  const std::int64_t level = row.level;
  // Where the readings are there, whole buckets; where they are gone, those that begin there.
  const Interval lost{ceil_to(row.stretch.begin, level),
                      std::min(ceil_to(row.stretch.end, level), ceil_to(row.gone, level))};
  const Interval there{std::max(ceil_to(row.stretch.begin, level), ceil_to(row.gone, level)),
                       floor_to(row.stretch.end, level)};
  Intervals late;
  for (const LateBlock& block : late_) {
    if (block.after - kChunkBase <= row.chunk || there.empty()) continue;
    late.push_back({floor_to(block.first, level), ceil_to(behind(block.last), level)});
  }
  late = joined(std::move(late));
  std::vector<TierBucket> buckets;
  auto done = visit_tier(data, [&](core::SeriesId series, std::string_view body) -> core::Result<void> {
    const auto found = wanted_.find(series);
    if (found == wanted_.end()) return {};
    Cover& cover = covers_[found->second];
    const Intervals left = gaps(lost, cover.intervals);
    Intervals barred = late;
    barred.insert(barred.end(), cover.intervals.begin(), cover.intervals.end());
    for (const std::int64_t time : pending_[found->second]) {
      if (time >= there.end) break;
      if (time >= there.begin) barred.push_back({floor_to(time, level), ceil_to(behind(time), level)});
    }
    const Intervals taken = without(there, std::move(barred));
    if (taken.empty() && left.empty()) return {};
    if (auto decoded = decode_buckets(body, level, options_.sketches, buckets); !decoded) return decoded;
    if (options_.sketches && buckets.front().sketch.count() == 0) return {};
    for (const TierBucket& bucket : buckets) {
      const std::int64_t begin = bucket.bucket.number * level;
      if (contains(left, begin)) cover.add_lost(bucket);
      if (contains(taken, begin)) cover.add(bucket);
    }
    cover.cover_lost(left);
    cover.cover(taken);
    return {};
  });
  if (done || done.error().code != core::ErrorCode::kCorrupt) return done;
  ++damaged_;
  return {};
}

}  // namespace telltale::store
