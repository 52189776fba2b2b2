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
#include "daemon/store/column.h"
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

// Each column at least one reading, at most kMaxColumnValues; ascending by series. Bit for bit what decode_column()
// gives back.
[[nodiscard]] std::string encode_columns(const std::vector<SeriesColumn>& columns, Effort effort);
// `points` sorted by series, then time.
[[nodiscard]] std::string encode_block(const std::vector<Point>& points, Effort effort = Effort::kQuick);

// Collects the series of one block, and says how large it would be by now.
class BlockBuilder {
 public:
  explicit BlockBuilder(Effort effort) : effort_(effort) {}
  // `column` is not kept, but its times are. Ascending by series where the times are the same.
  void add(core::SeriesId series, const Column& column);
  [[nodiscard]] bool empty() const { return groups_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Empty again afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct Part {
    core::SeriesId series{};
    std::string body;
  };
  struct Group {
    std::vector<std::int64_t> times;
    std::string time_bytes;
    std::vector<Part> parts;
  };
  const Effort effort_;
  std::vector<Group> groups_;
  std::size_t bytes_ = 0;
};

// The last four bytes of a block of version 2 are that of those before.
[[nodiscard]] std::uint32_t block_checksum(std::string_view data);

// Visits heads and bodies in order; `body` is valid as long as `data`. ErrorCode::kCorrupt on anything else.
using BlockVisitor = std::function<core::Result<void>(const BlockHead& head, std::string_view body)>;
[[nodiscard]] core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor);

// Overwrites `out` with the readings of one body: at most kMaxColumnValues.
[[nodiscard]] core::Result<void> decode_column(const BlockHead& head, std::string_view body, Column& out);

}  // namespace telltale::store
