// A block: readings of many series over one stretch of time, as one blob. Series that were read at the same times share
// one column of times. Pure functions; any thread. docs/format.md ("Blocks") has the bytes; the heads alone tell what a
// block holds: a series that is not wanted is skipped, not decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/codec/effort.h"
#include "daemon/store/codec/texts.h"
#include "daemon/store/point.h"

namespace telltale::store {

// What a block says of one series before its body.
struct BlockHead {
  core::SeriesId series{};
  std::uint64_t count = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string_view times;  // the group's column; empty in version 1, whose bodies hold it
  std::uint8_t version = 0;
};

// The readings of one series, in the order of time.
struct Column {
  std::vector<std::int64_t> times;
  std::vector<double> values;
  std::vector<std::uint8_t> qualities;  // empty: all good
  TextColumn texts;                     // `which` empty: none has one
  [[nodiscard]] core::Quality quality(std::size_t i) const {
    return qualities.empty() ? core::Quality::kGood : static_cast<core::Quality>(qualities[i]);
  }
  // Null: the reading has none.
  [[nodiscard]] const std::string* text(std::size_t i) const {
    return texts.which.empty() || texts.which[i] == 0 ? nullptr
                                                      : &texts.words[static_cast<std::size_t>(texts.which[i] - 1)];
  }
  void clear();
  void add(Point point);
};
struct SeriesColumn {
  core::SeriesId series{};
  Column column;
};

// Each column at least one reading, at most kMaxColumnValues; ascending by series. Bit for bit what decode_column()
// gives back.
[[nodiscard]] std::string encode_columns(const std::vector<SeriesColumn>& columns, Effort effort);
// `points` sorted by series, then time.
[[nodiscard]] std::string encode_block(const std::vector<Point>& points, Effort effort = Effort::kQuick);
[[nodiscard]] std::vector<SeriesColumn> columns_of(const std::vector<Point>& points);

// Visits heads and bodies in order; `body` is valid as long as `data`. ErrorCode::kCorrupt on anything else.
using BlockVisitor = std::function<core::Result<void>(const BlockHead& head, std::string_view body)>;
[[nodiscard]] core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor);

// Overwrites `out` with the readings of one body: at most kMaxColumnValues.
[[nodiscard]] core::Result<void> decode_column(const BlockHead& head, std::string_view body, Column& out);

}  // namespace telltale::store
