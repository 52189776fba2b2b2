// A block: the readings of many series over one commit interval, as one blob. Pure functions; any thread.
//
//   version (1 byte, 1), number of series (varint), then per series, ascending by id:
//     id - previous id, count, first time (zigzag), last - first, bytes of the body (varints), body
//   body: times: unit (1 byte: 10^(3n) ns), then, for a count above one, the first difference and the differences of
//         the differences, zigzag varints in that unit
//         values: form (1 byte): 0xff raw doubles; e <= 9: the first of value * 10^e and then its differences, zigzag
//         qualities: runs of (length varint, quality byte) until the count is reached
//         texts: 0, or 1 and per reading 0 or length + 1 and the bytes
// The heads alone tell what a block holds: a series that is not wanted is skipped, not decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/point.h"

namespace telltale::store {

// What a block says of one series before its body.
struct BlockHead {
  core::SeriesId series{};
  std::uint64_t count = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// `points` sorted by series, then time. Bit for bit what decode_block() gives back.
[[nodiscard]] std::string encode_block(const std::vector<Point>& points);

// Visits heads and bodies in order; `body` is valid as long as `data`. ErrorCode::kCorrupt on anything else.
using BlockVisitor = std::function<core::Result<void>(const BlockHead& head, std::string_view body)>;
[[nodiscard]] core::Result<void> visit_block(std::string_view data, const BlockVisitor& visitor);

// Appends the readings of one body to `out`. Allocates no more than the body's bytes allow.
[[nodiscard]] core::Result<void> decode_body(const BlockHead& head, std::string_view body, std::vector<Point>& out);

}  // namespace telltale::store
