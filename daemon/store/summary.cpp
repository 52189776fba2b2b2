#include "daemon/store/summary.h"

#include <algorithm>
#include <map>

#include "daemon/store/block_codec.h"
#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

core::Result<void> load_spans(Database& database, Summary& summary) {
  RowScan rows(database, "span", "first, last", 0);  // what is damaged of it costs a wrong first or last time
  for (;;) {
    auto row = rows.next();
    if (!row) return row.error();
    if (!*row) break;
    const Statement& at = rows.row();
    summary.spans.note({static_cast<std::uint32_t>(at.integer(0))}, at.integer(1), at.integer(2));
  }
  summary.spans.each([](core::SeriesId, TimeSpan& span) { span.changed = false; });
  return {};
}

core::Result<void> add_rows(Database& database, const char* table, std::int64_t after, Summary& summary) {
  RowScan rows(database, table, "readings, data", after + 1);
  for (;;) {
    auto row = rows.next();
    if (!row) return row.error();
    if (!*row) return {};
    summary.samples += rows.row().integer(1);
    // A damaged block is a query's business to report; what its readable heads say is taken.
    (void)visit_block(rows.row().blob(2), [&](const BlockHead& head, std::string_view) -> core::Result<void> {
      summary.spans.note(head.series, head.first, head.last);
      return {};
    });
  }
}

}  // namespace

core::Result<Summary> load_summary(Database& database) {
  Summary summary;
  auto samples = get_meta(database, Meta::kSamples);
  if (!samples) return samples.error();
  auto block = get_meta(database, Meta::kSummaryBlock);
  if (!block) return block.error();
  auto late = get_meta(database, Meta::kSummaryLate);
  if (!late) return late.error();
  summary.samples = *samples;
  if (auto loaded = load_spans(database, summary); !loaded) return loaded.error();
  auto added = add_rows(database, "block", *block, summary);
  if (added) added = add_rows(database, "late_block", *late, summary);
  if (added) {
    added = visit_tail(database, [&](const TailCommit& commit) -> core::Result<void> {
      (void)visit_block(commit.block, [&](const BlockHead& head, std::string_view) -> core::Result<void> {
        summary.spans.note(head.series, head.first, head.last);
        summary.in_tail += static_cast<std::int64_t>(head.count);
        return {};
      });
      return {};
    });
  }
  if (!added) return added.error();
  summary.samples += summary.in_tail;
  return summary;
}

namespace {

// One end of the spans of some series: what was found of it so far.
struct Sought {
  explicit Sought(bool wants_first) : first(wants_first) {}
  const bool first;
  std::map<std::uint32_t, std::int64_t> ends;  // INT64_MAX, INT64_MIN: nothing yet
  std::size_t missing = 0;

  [[nodiscard]] std::int64_t nothing() const { return first ? INT64_MAX : INT64_MIN; }
  void seek(core::SeriesId series) { missing += ends.emplace(series.value, nothing()).second ? 1 : 0; }
  void take(const BlockHead& head) {
    const auto found = ends.find(head.series.value);
    if (found == ends.end()) return;
    if (found->second == nothing()) --missing;
    found->second = first ? std::min(found->second, head.first) : std::max(found->second, head.last);
  }
  [[nodiscard]] bool any_between(std::int64_t low, std::int64_t high) const {
    const auto found = ends.lower_bound(static_cast<std::uint32_t>(low));
    return found != ends.end() && found->first <= high;
  }
  // Whether no row behind `limit` can change anything: none of them is older than it, or none newer.
  [[nodiscard]] bool settled(std::int64_t limit) const {
    return missing == 0 && std::all_of(ends.begin(), ends.end(), [&](const auto& end) {
             return first ? end.second <= limit : end.second >= limit;
           });
  }
};

// Rows of (limit, low, high, data), the nearest first.
core::Result<void> look_up(Database& database, const char* sql, Sought& sought) {
  if (sought.ends.empty()) return {};
  auto rows = database.prepare(sql);
  if (!rows) return rows.error();
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return {};
    if (!sought.first && sought.settled(rows->integer(0))) return {};
    if (sought.any_between(rows->integer(1), rows->integer(2))) {
      (void)visit_block(rows->blob(3), [&](const BlockHead& head, std::string_view) -> core::Result<void> {
        sought.take(head);
        return {};
      });
    }
    if (sought.first && sought.settled(rows->integer(0))) return {};
  }
}

}  // namespace

core::Result<void> measure_spans(Database& database, SpanTable& spans, std::int64_t from, std::int64_t to) {
  Sought first(true);
  Sought last(false);
  spans.each([&](core::SeriesId series, TimeSpan& span) {
    if (span.empty()) return;
    if (span.first >= from && span.first <= to) first.seek(series);
    if (span.last >= from && span.last <= to) last.seek(series);
  });
  auto done = look_up(database, "SELECT settled, low, high, data FROM segment ORDER BY id", first);
  if (done) done = look_up(database, "SELECT upto, low, high, data FROM segment ORDER BY id DESC", last);
  for (const char* sql :
       {"SELECT 0, 0, 4294967295, data FROM late_block", "SELECT 0, 0, 4294967295, data FROM block"}) {
    for (Sought* sought : {&first, &last}) {
      ++sought->missing;  // rows in no order: all of them
      if (done) done = look_up(database, sql, *sought);
      --sought->missing;
    }
  }
  if (!done) return done;
  for (const Sought* sought : {&first, &last}) {
    for (const auto& [series, end] : sought->ends) {
      TimeSpan span = spans.find({series}).value_or(TimeSpan{});
      (sought->first ? span.first : span.last) = end;
      spans.replace({series}, span);
    }
  }
  return {};
}

core::Result<void> save_summary(Database& database, Summary& summary) {
  auto insert = database.prepare("INSERT OR REPLACE INTO span VALUES(?,?,?)");
  if (!insert) return insert.error();
  auto remove = database.prepare("DELETE FROM span WHERE series=?");
  if (!remove) return remove.error();
  core::Result<void> result;
  summary.spans.each([&](core::SeriesId series, TimeSpan& span) {
    if (!result || !span.changed) return;
    const auto id = static_cast<std::int64_t>(series.value);
    if (span.empty()) {
      result = remove->bind(1, id).run();
    } else {
      result = insert->bind(1, id).bind(2, span.first).bind(3, span.last).run();
    }
    span.changed = false;
  });
  if (!result) return result;
  auto block = database.integer("SELECT max(id) FROM block");
  if (!block) return block.error();
  auto late = database.integer("SELECT max(id) FROM late_block");
  if (!late) return late.error();
  result = set_meta(database, Meta::kSamples, summary.samples - summary.in_tail);
  if (result) result = set_meta(database, Meta::kSummaryBlock, *block);
  if (result) result = set_meta(database, Meta::kSummaryLate, *late);
  return result;
}

}  // namespace telltale::store
