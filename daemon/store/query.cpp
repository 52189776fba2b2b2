#include "daemon/store/query.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/store/journal_codec.h"
#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/steps.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

constexpr std::uint32_t kDefaultPoints = 1000;
constexpr std::uint64_t kSettleEvery = 8192;  // readings: sorting less often costs memory, more often time

}  // namespace

QueryRun::QueryRun(const core::HistoryQuery& query, Database& database, const Journal& journal, ReleaseGate& gate)
    : query_(query),
      database_(database),
      journal_(journal),
      gate_(gate),
      from_(query.from.time_since_epoch().count()),
      to_(query.to.time_since_epoch().count()) {
  const std::uint32_t points = query.points == 0 ? kDefaultPoints : query.points;
  if (from_ < to_) step_ = choose_step(from_, to_, points);
  for (const core::SeriesPtr& series : query.series) {
    const core::SeriesKind kind = series->declaration.kind;
    wanted_.emplace(series->id, merges_.size());
    low_ = std::min(low_, std::int64_t{series->id.value});
    high_ = std::max(high_, std::int64_t{series->id.value});
    merges_.emplace_back(make_sink(query.mode, kind, std::max<std::int64_t>(step_, 1), points));
  }
}

core::Result<core::HistoryResult> QueryRun::run() {
  if (query_.to < query_.from) {
    return core::make_error(core::ErrorCode::kInvalid, "the query's end is before its begin");
  }
  if (from_ == to_) return result();
  auto done = read();
  // Nothing was changed: how the read transaction ends does not matter.
  (void)database_.execute("ROLLBACK");
  if (!done) return done.error();
  return result();
}

core::Result<void> QueryRun::read() {
  auto done = read_journal();
  if (done) done = find_late();
  if (done) done = read_segments();
  if (done) done = read_version1();
  if (done) done = read_late_before(INT64_MAX);
  return done;
}

// Takes the snapshot, and what the journal has behind it. The gate keeps the journal from letting go of it meanwhile.
core::Result<void> QueryRun::read_journal() {
  const InsideGate inside(gate_);
  if (auto begun = database_.execute("BEGIN"); !begun) return begun;
  auto position = read_tail();
  if (!position) return position.error();
  std::uint64_t at = std::max(*position, journal_.committed());
  const std::uint64_t end = journal_.written();
  while (at < end) {
    const auto record = journal_.next(at);
    if (!record) break;
    if (record->type == RecordType::kReadings) {
      std::uint64_t taken = 0;
      decode_readings(record->payload, [&](std::int64_t time, double value, core::SeriesId series, Mark,
                                           std::optional<std::string_view> text) {
        const auto found = wanted_.find(series);
        if (found == wanted_.end() || !wanted_time(time)) return;
        merges_[found->second].add(kArrivalOfJournal, time, value, std::string(text.value_or("")));
        ++taken;
      });
      if (auto counted = count(taken); !counted) return counted;
    }
    at = record->end;
  }
  return {};
}

// Up to which journal position the database has everything.
core::Result<std::uint64_t> QueryRun::read_tail() {
  auto compacted = get_meta(database_, Meta::kPosition);
  if (!compacted) return compacted.error();
  auto position = static_cast<std::uint64_t>(*compacted);
  std::uint64_t lost = 0;
  auto read = visit_tail(
      database_,
      [&](const TailCommit& commit) {
        position = std::max(position, commit.position);
        return take_block(commit.block, arrival_of_commit(commit.number));
      },
      &lost);
  damaged_ += lost;
  if (!read) return read.error();
  return position;
}

core::Result<void> QueryRun::find_late() {
  auto rows =
      database_.prepare("SELECT id, after, first FROM late_block WHERE last >= ? AND first < ? ORDER BY first, id");
  if (!rows) return rows.error();
  rows->bind(1, from_).bind(2, to_);
  for (;;) {
    auto row = rows->step();
    if (!row) return is_damage(row.error()) ? find_late_around_damage() : row.error();
    if (!*row) return {};
    late_.push_back({rows->integer(0), rows->integer(1), rows->integer(2)});
  }
}

// By the table itself: its index, or a page of it, cannot be read.
core::Result<void> QueryRun::find_late_around_damage() {
  late_.clear();
  ++damaged_;
  RowScan rows(database_, "late_block", "after, first", 0,
               "last >= " + std::to_string(from_) + " AND first < " + std::to_string(to_));
  for (;;) {
    auto row = rows.next();
    if (!row) return row.error();
    if (!*row) break;
    late_.push_back({rows.row().integer(0), rows.row().integer(1), rows.row().integer(2)});
  }
  std::sort(late_.begin(), late_.end(),
            [](const LateBlock& a, const LateBlock& b) { return std::tie(a.first, a.id) < std::tie(b.first, b.id); });
  return {};
}

// The first segment that can hold something at or after `from_`: `upto` never falls.
core::Result<std::int64_t> QueryRun::first_segment() {
  auto low = database_.integer("SELECT min(id) FROM segment");
  if (!low) return low;
  auto high = database_.integer("SELECT max(id) FROM segment");
  if (!high) return high;
  auto probe = database_.prepare("SELECT id, upto FROM segment WHERE id >= ? ORDER BY id LIMIT 1");
  if (!probe) return probe.error();
  std::int64_t begin = *low;
  std::int64_t end = *high;  // the answer is in [begin, end]
  while (begin < end) {
    const std::int64_t middle = begin + (end - begin) / 2;
    probe->bind(1, middle);
    auto row = probe->step();
    if (!row) return row.error();
    const bool early = *row && probe->integer(0) < end && probe->integer(1) < from_;
    const std::int64_t found = *row ? probe->integer(0) : end;
    probe->reset();
    if (early) {
      begin = found + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

core::Result<void> QueryRun::read_segments() {
  auto begin = first_segment();
  if (!begin && !is_damage(begin.error())) return begin.error();
  // Without the way to the first one every row is looked at.
  RowScan rows(database_, "segment", "settled, chunk, first, last, low, high, upto, data", begin ? *begin : 0);
  std::int64_t settled = INT64_MIN;  // no segment from here on has anything older
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap&) { ++damaged_; });
    if (!row) return row.error();
    if (!*row || settled >= to_) return {};
    const Statement& at = rows.row();
    if (at.integer(3) > at.integer(4) || at.integer(5) > at.integer(6) || at.integer(1) > at.integer(7)) {
      ++damaged_;  // no segment says that of itself
      continue;
    }
    if (unsettled_ >= kSettleEvery) {
      if (auto late = read_late_before(settled); !late) return late;
      settle(settled);
    }
    const bool overlaps =
        at.integer(4) >= from_ && at.integer(3) < to_ && at.integer(5) <= high_ && at.integer(6) >= low_;
    if (overlaps) {
      auto taken = take_block(at.blob(8), arrival_of_chunk(at.integer(2)));
      if (!taken) return taken.error().in("segment " + std::to_string(at.integer(0)));
    } else if (auto counted = count(0); !counted) {
      return counted;
    }
    settled = at.integer(1);
  }
}

// What is not compacted yet: newer than any segment, but for kLateness.
core::Result<void> QueryRun::read_version1() {
  RowScan rows(database_, "block", "data", 0,
               "last >= " + std::to_string(from_) + " AND first < " + std::to_string(to_));
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap&) { ++damaged_; });
    if (!row) return row.error();
    if (!*row) return {};
    auto taken = take_block(rows.row().blob(1), arrival_of_block(rows.row().integer(0)));
    if (!taken) return taken.error().in("block " + std::to_string(rows.row().integer(0)));
  }
}

core::Result<void> QueryRun::read_late_before(std::int64_t time) {
  if (next_late_ == late_.size()) return {};
  auto rows = database_.prepare("SELECT data FROM late_block WHERE id = ?");
  if (!rows) return rows.error();
  for (; next_late_ < late_.size() && late_[next_late_].first < time; ++next_late_) {
    const LateBlock& late = late_[next_late_];
    rows->bind(1, late.id);
    auto row = rows->step();
    if (!row && !is_damage(row.error())) return row.error();
    if (!row) ++damaged_;
    if (!row || !*row) continue;
    auto taken = take_block(rows->blob(0), arrival_of_late(late.after));
    rows->reset();
    if (!taken) return taken.error().in("late block " + std::to_string(late.id));
  }
  return {};
}

// A block that is damaged is passed over: the rest is as good as before.
core::Result<void> QueryRun::take_block(std::string_view data, std::uint64_t arrival) {
  auto done = visit_block(data, [&](const BlockHead& head, std::string_view body) -> core::Result<void> {
    const auto found = wanted_.find(head.series);
    if (found == wanted_.end() || head.last < from_ || head.first >= to_) return {};
    if (auto decoded = decode_column(head, body, scratch_); !decoded) return decoded;
    std::uint64_t taken = 0;
    for (std::size_t i = 0; i < scratch_.times.size(); ++i) {
      if (!wanted_time(scratch_.times[i])) continue;
      const std::string* text = scratch_.text(i);
      merges_[found->second].add(arrival, scratch_.times[i], scratch_.values[i], text == nullptr ? "" : *text);
      ++taken;
    }
    return count(taken);
  });
  if (done || done.error().code != core::ErrorCode::kCorrupt) return done;
  ++damaged_;
  return {};
}

core::Result<void> QueryRun::count(std::uint64_t readings) {
  readings_ += readings;
  unsettled_ += readings;
  if (query_.cancel != nullptr && query_.cancel->load(std::memory_order_relaxed)) {
    return core::make_error(core::ErrorCode::kTimeout, "the query was cancelled");
  }
  if (query_.max_readings != 0 && readings_ > query_.max_readings) {
    return core::make_error(core::ErrorCode::kLimit, "the query would read more than " +
                                                         std::to_string(query_.max_readings) +
                                                         " readings: ask for a shorter span or fewer series");
  }
  return {};
}

void QueryRun::settle(std::int64_t time) {
  for (SeriesMerge& merge : merges_) merge.settle(time);
  unsettled_ = 0;
}

core::HistoryResult QueryRun::result() {
  core::HistoryResult out;
  out.from = query_.from;
  out.to = query_.to;
  out.damaged = damaged_;
  bool buckets = false;
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    core::HistorySeries series;
    series.series = query_.series[i];
    buckets = merges_[i].finish(series) || buckets;
    out.series.push_back(std::move(series));
  }
  if (buckets) out.step = core::Duration(step_);
  return out;
}

}  // namespace telltale::store
