#include "daemon/store/scan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

constexpr std::uint64_t kSettleEvery = 8192;  // readings: sorting less often costs memory, more often time

std::string overlapping(const Interval& span) {
  return "last >= " + std::to_string(span.begin) + " AND first < " + std::to_string(span.end);
}

}  // namespace

void HistoryScan::want(core::SeriesId series, std::unique_ptr<Sink> sink) {
  wanted_.emplace(series, merges_.size());
  low_ = std::min(low_, std::int64_t{series.value});
  high_ = std::max(high_, std::int64_t{series.value});
  merges_.emplace_back(std::move(sink));
  covers_.emplace_back();
}

void HistoryScan::take(core::SeriesId series, std::int64_t time, double value, Mark mark, std::string text) {
  const auto found = wanted_.find(series);
  if (found == wanted_.end() || !wanted_time(time)) return;
  merges_[found->second].add(kArrivalOfJournal, time, value, mark, std::move(text));
}

core::Result<void> HistoryScan::read_tail(std::uint64_t& position) {
  auto compacted = get_meta(database_, Meta::kPosition);
  if (!compacted) return compacted.error();
  position = static_cast<std::uint64_t>(*compacted);
  std::uint64_t lost = 0;
  auto read = visit_tail(
      database_,
      [&](const TailCommit& commit) {
        position = std::max(position, commit.position);
        return take_block(commit.block, arrival_of_commit(commit.number), {options_.from, options_.to});
      },
      &lost);
  damaged_ += lost;
  return read;
}

core::Result<void> HistoryScan::read() {
  auto done = find_late();
  if (done && options_.step > 0) done = find_buckets();
  if (!done) return done;
  const Interval whole{options_.from, options_.to};
  Intervals open;
  for (const Cover& cover : covers_) {
    for (const Interval& gap : gaps(whole, cover.intervals)) open.push_back(gap);
  }
  for (const Interval& span : joined(std::move(open))) {
    done = read_segments(span);
    if (done) done = read_version1(span);
    if (done) done = read_late_before(span.end);
    if (!done) return done;
    settle(span.end);
  }
  if (options_.strict && failed_) return *failed_;
  return {};
}

core::Result<void> HistoryScan::find_late() {
  auto rows = database_.prepare(
      "SELECT id, after, first, last FROM late_block WHERE last >= ? AND first < ? ORDER BY first, id");
  if (!rows) return rows.error();
  rows->bind(1, options_.from).bind(2, options_.to);
  for (;;) {
    auto row = rows->step();
    if (!row) return is_damage(row.error()) && !options_.strict ? find_late_around_damage() : row.error();
    if (!*row) return {};
    late_.push_back({rows->integer(0), rows->integer(1), rows->integer(2), rows->integer(3)});
  }
}

// By the table itself: its index, or a page of it, cannot be read.
core::Result<void> HistoryScan::find_late_around_damage() {
  late_.clear();
  ++damaged_;
  RowScan rows(database_, "late_block", "after, first, last", 0, overlapping({options_.from, options_.to}));
  for (;;) {
    auto row = rows.next();
    if (!row) return row.error();
    if (!*row) break;
    late_.push_back({rows.row().integer(0), rows.row().integer(1), rows.row().integer(2), rows.row().integer(3)});
  }
  std::sort(late_.begin(), late_.end(),
            [](const LateBlock& a, const LateBlock& b) { return std::tie(a.first, a.id) < std::tie(b.first, b.id); });
  return {};
}

core::Result<std::int64_t> first_segment(Database& database, std::int64_t from) {
  auto low = database.integer("SELECT min(id) FROM segment");
  if (!low) return low;
  auto high = database.integer("SELECT max(id) FROM segment");
  if (!high) return high;
  auto probe = database.prepare("SELECT id, upto FROM segment WHERE id >= ? ORDER BY id LIMIT 1");
  if (!probe) return probe.error();
  std::int64_t begin = *low;
  std::int64_t end = *high;  // the answer is in [begin, end]
  while (begin < end) {
    const std::int64_t middle = begin + (end - begin) / 2;
    probe->bind(1, middle);
    auto row = probe->step();
    if (!row) return row.error();
    const bool early = *row && probe->integer(0) < end && probe->integer(1) < from;
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

core::Result<void> HistoryScan::read_segments(const Interval& span) {
  auto begin = first_segment(database_, span.begin);
  if (!begin && !is_damage(begin.error())) return begin.error();
  // Without the way to the first one every row is looked at.
  RowScan rows(database_, "segment", "settled, chunk, first, last, low, high, upto, data", begin ? *begin : 0);
  std::int64_t settled = INT64_MIN;  // no segment from here on has anything older
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap& gap) { note_damage(gap.why); });
    if (!row) return row.error();
    if (!*row || settled >= span.end) return {};
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
        at.integer(4) >= span.begin && at.integer(3) < span.end && at.integer(5) <= high_ && at.integer(6) >= low_;
    if (overlaps) {
      auto taken = take_block(at.blob(8), arrival_of_chunk(at.integer(2)), span);
      if (!taken) return taken.error().in("segment " + std::to_string(at.integer(0)));
    } else if (auto counted = count(0); !counted) {
      return counted;
    }
    settled = std::min(at.integer(1), span.end);
  }
}

// What is not compacted yet: newer than any segment, but for kLateness.
core::Result<void> HistoryScan::read_version1(const Interval& span) {
  RowScan rows(database_, "block", "data", 0, overlapping(span));
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap& gap) { note_damage(gap.why); });
    if (!row) return row.error();
    if (!*row) return {};
    auto taken = take_block(rows.row().blob(1), arrival_of_block(rows.row().integer(0)), span);
    if (!taken) return taken.error().in("block " + std::to_string(rows.row().integer(0)));
  }
}

core::Result<void> HistoryScan::read_late_before(std::int64_t time) {
  if (next_late_ == late_.size()) return {};
  auto rows = database_.prepare("SELECT data FROM late_block WHERE id = ?");
  if (!rows) return rows.error();
  for (; next_late_ < late_.size() && late_[next_late_].first < time; ++next_late_) {
    const LateBlock& late = late_[next_late_];
    rows->bind(1, late.id);
    auto row = rows->step();
    if (!row && !is_damage(row.error())) return row.error();
    if (!row) note_damage(row.error());
    if (!row || !*row) continue;
    auto taken = take_block(rows->blob(0), arrival_of_late(late.after), {options_.from, options_.to});
    rows->reset();
    if (!taken) return taken.error().in("late block " + std::to_string(late.id));
  }
  return {};
}

core::Result<void> HistoryScan::take_block(std::string_view data, std::uint64_t arrival, const Interval& span) {
  auto done = visit_block(data, [&](const BlockHead& head, std::string_view body) -> core::Result<void> {
    const auto found = wanted_.find(head.series);
    if (found == wanted_.end() || head.last < span.begin || head.first >= span.end) return {};
    const auto& covered = covers_[found->second].intervals;
    const Interval held{std::max(head.first, span.begin), std::min(head.last, span.end - 1) + 1};
    if (!covered.empty() && gaps(held, covered).empty()) return {};
    if (auto decoded = decode_column(head, body, scratch_); !decoded) return decoded;
    return count(take_column(found->second, arrival, span));
  });
  if (done || done.error().code != core::ErrorCode::kCorrupt) return done;
  ++damaged_;
  return {};
}

// What of `scratch_` lies in the span, and is not in buckets already. How much that was.
std::uint64_t HistoryScan::take_column(std::size_t index, std::uint64_t arrival, const Interval& span) {
  const auto& times = scratch_.times;
  SeriesMerge& merge = merges_[index];
  const auto& covered = covers_[index].intervals;
  if (!std::is_sorted(times.begin(), times.end())) {
    std::uint64_t taken = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (times[i] < span.begin || times[i] >= span.end || contains(covered, times[i])) continue;
      merge.add(arrival, scratch_, i, i + 1);
      ++taken;
    }
    return taken;
  }
  const auto place = [&](std::int64_t time) {
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), time) - times.begin());
  };
  std::uint64_t taken = 0;
  for (const Interval& piece : gaps(span, covered)) {
    const std::size_t begin = place(piece.begin);
    const std::size_t end = place(piece.end);
    merge.add(arrival, scratch_, begin, end);
    taken += end - begin;
  }
  return taken;
}

void HistoryScan::note_damage(const core::Error& why) {
  ++damaged_;
  if (why.code == core::ErrorCode::kIo) failed_ = why;
}

core::Result<void> HistoryScan::count(std::uint64_t readings) {
  readings_ += readings;
  unsettled_ += readings;
  if (options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed)) {
    return core::make_error(core::ErrorCode::kTimeout, "the query was cancelled");
  }
  if (options_.max_readings != 0 && readings_ > options_.max_readings) {
    return core::make_error(core::ErrorCode::kLimit, "the query would read more than " +
                                                         std::to_string(options_.max_readings) +
                                                         " readings: ask for a shorter span or fewer series");
  }
  return {};
}

void HistoryScan::settle(std::int64_t time) {
  for (SeriesMerge& merge : merges_) merge.settle(time);
  unsettled_ = 0;
}

}  // namespace telltale::store
