#include "daemon/store/compaction.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "daemon/store/arrival.h"
#include "daemon/store/schema.h"

namespace telltale::store {

namespace {

constexpr std::size_t kRowBytes = 12U << 10U;
constexpr std::size_t kRowValues = 8192;  // of one series

}  // namespace

struct Compaction::Row {
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  std::uint32_t low = UINT32_MAX;
  std::uint32_t high = 0;
  std::int64_t readings = 0;
  std::string data;
};

void Compaction::add(std::string_view block) {
  Column column;
  auto done = visit_block(block, [&](const BlockHead& head, std::string_view body) -> core::Result<void> {
    if (auto decoded = decode_column(head, body, column); !decoded) {
      ++damaged_;
      return {};
    }
    columns_[head.series.value].append(column);
    return {};
  });
  if (!done) ++damaged_;
}

// Of every series stretches of at most kRowValues; those that were read together lie together.
std::vector<Compaction::Row> Compaction::rows_of(const std::map<std::uint32_t, Column>& columns) {
  struct Stretch {
    std::uint32_t series;
    const Column* column;
    std::size_t begin;
    std::size_t end;
    [[nodiscard]] auto order() const {
      return std::tuple(begin / kRowValues, column->times[begin], column->times[end - 1], end - begin, series);
    }
  };
  std::vector<Stretch> stretches;
  for (const auto& [series, column] : columns) {
    for (std::size_t begin = 0; begin < column.size(); begin += kRowValues) {
      stretches.push_back({series, &column, begin, std::min(begin + kRowValues, column.size())});
    }
  }
  std::sort(stretches.begin(), stretches.end(),
            [](const Stretch& a, const Stretch& b) { return a.order() < b.order(); });
  std::vector<Row> rows;
  BlockBuilder builder(Effort::kBest);
  Row row;
  const auto flush = [&] {
    if (builder.empty()) return;
    row.data = builder.finish();
    rows.push_back(std::exchange(row, {}));
  };
  for (const Stretch& stretch : stretches) {
    const Column part = stretch.column->slice(stretch.begin, stretch.end);
    builder.add({stretch.series}, part);
    row.first = std::min(row.first, part.times.front());
    row.last = std::max(row.last, part.times.back());
    row.low = std::min(row.low, stretch.series);
    row.high = std::max(row.high, stretch.series);
    row.readings += static_cast<std::int64_t>(part.size());
    if (builder.bytes() >= kRowBytes) flush();
  }
  flush();
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.first < b.first; });
  return rows;
}

// `settled`: nothing in this row's successors is older.
core::Result<void> Compaction::put_segments(Database& database, std::vector<Row> rows, const Limits& limits,
                                            std::int64_t upto) {
  auto insert = database.prepare(
      "INSERT INTO segment(upto, settled, chunk, first, last, low, high, readings, data) VALUES(?,?,?,?,?,?,?,?,?)");
  if (!insert) return insert.error();
  const std::int64_t next_chunk = before(upto, kLateness);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const std::int64_t settled = i + 1 < rows.size() ? std::min(rows[i + 1].first, next_chunk) : next_chunk;
    insert->bind(1, upto).bind(2, settled).bind(3, limits.chunk).bind(4, row.first).bind(5, row.last);
    insert->bind(6, std::int64_t{row.low}).bind(7, std::int64_t{row.high}).bind(8, row.readings);
    if (auto done = insert->bind_blob(9, row.data).run(); !done) return done;
  }
  return {};
}

core::Result<void> Compaction::put_late(Database& database, const std::vector<Row>& rows, const Limits& limits) {
  auto insert = database.prepare("INSERT INTO late_block(after, first, last, readings, data) VALUES(?,?,?,?,?)");
  if (!insert) return insert.error();
  for (const Row& row : rows) {
    insert->bind(1, kChunkBase + limits.chunk).bind(2, row.first).bind(3, row.last).bind(4, row.readings);
    if (auto done = insert->bind_blob(5, row.data).run(); !done) return done;
  }
  return {};
}

core::Result<Compaction::Report> Compaction::write(Database& database, const Limits& limits) {
  Report report;
  report.upto = limits.upto;
  std::map<std::uint32_t, Column> on_time;
  std::map<std::uint32_t, Column> early;  // than everything that segments may hold
  std::map<std::uint32_t, Column> future;
  for (auto& [series, column] : columns_) {
    report.duplicates += column.sort_and_unite();
    report.readings += static_cast<std::int64_t>(column.size());
    const auto& times = column.times;
    if (times.size() > 1) {
      const double seconds = (static_cast<double>(times.back()) - static_cast<double>(times.front())) / 1e9;
      report.densest = std::max(report.densest, static_cast<double>(times.size()) / seconds);
    }
    const auto begin =
        static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), limits.oldest) - times.begin());
    const auto end = std::max(
        begin, static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), limits.newest) - times.begin()));
    if (begin == 0 && end == times.size()) {
      on_time.emplace(series, std::move(column));
    } else {
      if (begin > 0) {
        report.first_late = std::min(report.first_late, times.front());
        early.emplace(series, column.slice(0, begin));
      }
      if (end > begin) on_time.emplace(series, column.slice(begin, end));
      if (end < times.size()) future.emplace(series, column.slice(end, times.size()));
    }
  }
  columns_.clear();
  report.late = !early.empty() || !future.empty();
  for (const auto& [series, column] : on_time) report.upto = std::max(report.upto, column.times.back());
  auto done = put_segments(database, rows_of(on_time), limits, report.upto);
  if (done) done = put_late(database, rows_of(early), limits);
  if (done) done = put_late(database, rows_of(future), limits);
  if (!done) return done.error();
  return report;
}

}  // namespace telltale::store
