// The part of Committer that moves readings whose times were given by a wrong clock.
//
// A chunk a transaction: memory and the write-ahead log stay small, however long the clock was wrong. `meta` says how
// far it came, so that what was moved is not moved again when the daemon ended in between. Readings that move are taken
// out of their rows and compacted once more, as if they had just arrived.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/arrival.h"
#include "daemon/store/block_codec.h"
#include "daemon/store/committer.h"
#include "daemon/store/journal_layout.h"
#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/schema.h"

namespace telltale::store {

struct Committer::Correction {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t shift = 0;
  bool certain = false;
  std::uint64_t since = 0;
  std::int64_t stamp = 0;  // tells it from others
  std::int64_t last_chunk = 0;
  Compaction moved;
  std::int64_t count = 0;  // of what moved

  [[nodiscard]] bool takes(std::int64_t time, Mark mark) const {
    std::int64_t sum = 0;
    return (mark & kOwnTime) == 0 && time >= from && time <= to && !__builtin_add_overflow(time, shift, &sum);
  }
  [[nodiscard]] Mark trusted(Mark mark) const {
    return certain && quality_of(mark) == core::Quality::kUncertain ? mark_of(core::Quality::kGood, false) : mark;
  }
};

namespace {

struct RowName {
  const char* table;
  std::int64_t id;
};

// Never beyond the ends of time.
std::int64_t shifted(std::int64_t time, std::int64_t by) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(time, by, &sum)) return sum;
  return by < 0 ? INT64_MIN : INT64_MAX;
}

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }

// Never 0, which stands for none.
std::int64_t stamp_of(const core::TimeCorrection& correction, std::uint64_t behind) {
  std::uint64_t hash = mix(0, behind);
  for (const std::int64_t part : {ns(correction.from), ns(correction.to), std::int64_t{correction.shift.count()}}) {
    hash = mix(hash, static_cast<std::uint64_t>(part));
  }
  return static_cast<std::int64_t>(hash | 1U);
}

core::Result<std::vector<std::pair<std::int64_t, std::int64_t>>> pairs(Statement& rows) {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  for (;;) {
    auto row = rows.step();
    // What cannot be read cannot be corrected; the rest is, and the history goes on.
    if (!row && is_damage(row.error())) return out;
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace_back(rows.integer(0), rows.integer(1));
  }
}

// Rows of a chunk that may hold something of [from, to]. Chunks never fall from row to row.
core::Result<std::vector<RowName>> rows_of(Database& database, std::int64_t chunk, std::int64_t from, std::int64_t to) {
  std::vector<RowName> out;
  auto segments = database.prepare("SELECT id, chunk, first, last FROM segment ORDER BY id DESC");
  if (!segments) return segments.error();
  for (;;) {
    auto row = segments->step();
    if (!row && is_damage(row.error())) break;
    if (!row) return row.error();
    if (!*row || segments->integer(1) < chunk) break;
    if (segments->integer(1) != chunk || segments->integer(3) < from || segments->integer(2) > to) continue;
    out.push_back({"segment", segments->integer(0)});
  }
  auto late = database.prepare("SELECT id, after FROM late_block WHERE last >= ? AND first <= ? AND after = ?");
  if (!late) return late.error();
  late->bind(1, from).bind(2, to).bind(3, kChunkBase + chunk);
  auto found = pairs(*late);
  if (!found) return found.error();
  for (const auto& [id, after] : *found) out.push_back({"late_block", id});
  return out;
}

core::Result<void> put_row(Database& database, const char* table, std::int64_t id, std::vector<SeriesColumn> columns) {
  if (columns.empty()) {
    auto remove = database.prepare(std::string("DELETE FROM ") + table + " WHERE id=?");
    return remove ? remove->bind(1, id).run() : remove.error();
  }
  // Columns that came to have the same times share them, and stand in the order of their ids.
  std::stable_sort(columns.begin(), columns.end(),
                   [](const SeriesColumn& a, const SeriesColumn& b) { return a.series < b.series; });
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  std::int64_t readings = 0;
  for (const auto& [series, column] : columns) {
    first = std::min(first, column.times.front());
    last = std::max(last, column.times.back());
    readings += static_cast<std::int64_t>(column.size());
  }
  const std::string data = encode_columns(columns, Effort::kBest);
  const bool segment = std::string_view(table) == "segment";
  auto update = database.prepare(std::string("UPDATE ") + table + " SET first=?1, last=?2, readings=?3, data=?4" +
                                 (segment ? ", low=?6, high=?7" : "") + " WHERE id=?5");
  if (!update) return update.error();
  update->bind(1, first).bind(2, last).bind(3, readings).bind_blob(4, data).bind(5, id);
  if (segment) {
    update->bind(6, std::int64_t{columns.front().series.value}).bind(7, std::int64_t{columns.back().series.value});
  }
  return update->run();
}

}  // namespace

// The row without what moves. A damaged one stays as it is: a query says so.
core::Result<void> Committer::correct_row(Correction& work, const char* table, std::int64_t id) {
  auto select = database_.prepare(std::string("SELECT data FROM ") + table + " WHERE id=?");
  if (!select) return select.error();
  auto row = select->bind(1, id).step();
  if (!row && is_damage(row.error())) return {};
  if (!row) return row.error();
  if (!*row) return {};
  std::vector<SeriesColumn> kept;
  std::vector<SeriesColumn> moved;
  bool changed = false;
  Column column;
  const auto read = visit_block(select->blob(0), [&](const BlockHead& head, std::string_view body) {
    auto decoded = decode_column(head, body, column);
    SeriesColumn stays{head.series, {}};
    SeriesColumn goes{head.series, {}};
    for (std::size_t i = 0; decoded && i < column.size(); ++i) {
      const bool taken = work.takes(column.times[i], column.mark(i));
      changed = changed || taken;
      Column& to = taken && work.shift != 0 ? goes.column : stays.column;
      to.add(column.times[i] + (taken ? work.shift : 0), column.values[i],
             taken ? work.trusted(column.mark(i)) : column.mark(i), column.text(i));
    }
    if (stays.column.size() != 0) kept.push_back(std::move(stays));
    if (goes.column.size() != 0) moved.push_back(std::move(goes));
    return decoded;
  });
  if (!read || !changed) return {};
  for (const auto& [series, part] : moved) {
    work.moved.add(series, part);
    work.count += static_cast<std::int64_t>(part.size());
    summary_.spans.note(series, part.times.front(), part.times.back());
  }
  select->reset();
  return put_row(database_, table, id, std::move(kept));
}

core::Result<void> Committer::correct_chunk(Correction& work, std::int64_t chunk, std::int64_t position) {
  if (auto done = make_room(limits_.journal_bytes / 2); !done) return done;
  if (auto done = begin(); !done) return done;
  auto rows = rows_of(database_, chunk, work.from, work.to);
  if (!rows) return rows.error();
  work.moved = {};
  work.count = 0;
  core::Result<void> done;
  for (const RowName& row : *rows) {
    if (done) done = correct_row(work, row.table, row.id);
  }
  if (done && work.count != 0) done = write_compacted(work.moved, work.count, static_cast<std::uint64_t>(position));
  if (done) done = set_meta(database_, Meta::kCorrecting, work.stamp);
  if (done) done = set_meta(database_, Meta::kCorrected, chunk);
  if (done) done = set_meta(database_, Meta::kCorrectTo, work.last_chunk);
  if (done) done = database_.execute("COMMIT");
  return done;
}

// Times that were ahead may have held `upto` up: what comes from now on would all be late.
core::Result<void> Committer::lower_upto() {
  auto latest = database_.integer("SELECT coalesce(max(last), " + std::to_string(kNoTime) + ") FROM segment");
  if (!latest) return latest.error();
  if (*latest >= upto_) return {};
  upto_ = *latest;
  auto update = database_.prepare("UPDATE segment SET upto=?1, settled=min(settled, ?2) WHERE upto > ?1");
  if (!update) return update.error();
  auto done = update->bind(1, upto_).bind(2, before(upto_, kLateness)).run();
  if (done) done = set_meta(database_, Meta::kUpto, upto_);
  return done;
}

core::Result<void> Committer::end_correction(const Correction& work, std::uint64_t behind) {
  auto done = begin();
  if (done) done = lower_upto();
  if (done) done = rebuild_tiers(work.from, work.to);
  if (done && work.shift != 0) done = rebuild_tiers(shifted(work.from, work.shift), shifted(work.to, work.shift));
  if (done) done = measure_spans(database_, summary_.spans, work.from, work.to);
  if (done) done = save_summary(database_, summary_);
  if (done) done = set_meta(database_, Meta::kPosition, static_cast<std::int64_t>(behind));
  if (done) done = set_meta(database_, Meta::kCorrecting, 0);
  if (done) done = database_.execute("COMMIT");
  if (done) position_ = behind;
  return done;
}

core::Result<CommitReport> Committer::correct(const core::TimeCorrection& correction, std::uint64_t behind) {
  Correction work;
  work.from = ns(correction.from);
  work.to = ns(correction.to);
  work.shift = correction.shift.count();
  work.certain = correction.certain;
  work.since = correction.since == 0 ? begun_ : correction.since;
  work.stamp = stamp_of(correction, behind);
  if (auto done = compact_tail(); !done) return done.error();
  auto under_way = get_meta(database_, Meta::kCorrecting);
  if (!under_way) return under_way.error();
  const bool again = *under_way == work.stamp;
  auto at = again ? get_meta(database_, Meta::kCorrected) : core::Result<std::int64_t>(0);
  if (!at) return at.error();
  auto last = again ? get_meta(database_, Meta::kCorrectTo) : core::Result<std::int64_t>(chunk_);
  if (!last) return last.error();
  work.last_chunk = *last;
  auto chunks = database_.prepare(
      "SELECT CAST(substr(name, 7) AS INTEGER) AS id, value FROM meta WHERE name GLOB 'chunk_*' AND id > ? AND "
      "id <= ? AND value > ? ORDER BY id");
  if (!chunks) return chunks.error();
  chunks->bind(1, *at).bind(2, *last).bind(3, static_cast<std::int64_t>(work.since));
  auto found = pairs(*chunks);
  if (!found) return found.error();
  for (const auto& [chunk, position] : *found) {
    if (auto done = correct_chunk(work, chunk, position); !done) return done.error();
  }
  if (auto done = end_correction(work, behind); !done) return done.error();
  CommitReport report;
  report.position = behind;
  report.corrected = true;
  return report;
}

}  // namespace telltale::store
