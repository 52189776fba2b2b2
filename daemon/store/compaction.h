// Compaction: takes blocks in the order in which they arrived, and writes their readings again as large blocks, grouped
// by series and sorted by time; late ones apart. One transaction's; the writer's thread.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/block_codec.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

// What a compaction did to one series.
struct CompactedSeries {
  core::SeriesId series{};
  std::int64_t first = 0;
  std::int64_t last = 0;
};

class Compaction {
 public:
  struct Limits {
    std::int64_t oldest = 0;  // before it, or after `newest`, a reading is late
    std::int64_t newest = 0;
    std::int64_t upto = 0;  // the latest time in segments
    std::int64_t chunk = 0;
  };
  struct Report {
    std::int64_t upto = 0;
    std::int64_t readings = 0;
    std::uint64_t duplicates = 0;
    bool late = false;                    // some of it
    std::int64_t first_late = INT64_MAX;  // the oldest of that
    double densest = 0;                   // readings a second of the series that has the most
  };

  void add(core::SeriesId series, const Column& column) { columns_[series.value].append(column); }
  // A damaged series of a block is left out and counted.
  void add(std::string_view block);
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }
  // Inside the caller's transaction.
  [[nodiscard]] core::Result<Report> write(Database& database, const Limits& limits);
  [[nodiscard]] const std::map<std::uint32_t, Column>& columns() const { return columns_; }

 private:
  struct Row;
  [[nodiscard]] static std::vector<Row> rows_of(const std::map<std::uint32_t, Column>& columns);
  [[nodiscard]] static core::Result<void> put_segments(Database& database, std::vector<Row> rows, const Limits& limits,
                                                       std::int64_t upto);
  [[nodiscard]] static core::Result<void> put_late(Database& database, const std::vector<Row>& rows,
                                                   const Limits& limits);

  std::map<std::uint32_t, Column> columns_;
  std::uint64_t damaged_ = 0;
};

}  // namespace telltale::store
