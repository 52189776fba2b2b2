#include "daemon/store/summary.h"

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
