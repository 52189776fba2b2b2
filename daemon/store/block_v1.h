// Blocks as schema version 1 wrote them; only read. Pure functions; any thread.
//
//   version (1 byte, 1), number of series (varint), then per series, ascending by id:
//     id - previous id, count, first time (zigzag), last - first, bytes of the body (varints), body
//   body: times: unit (1 byte: 10^(3n) ns), then, for a count above one, the first difference and the differences of
//         the differences, zigzag varints in that unit
//         values: form (1 byte): 0xff raw doubles; e <= 9: the first of value * 10^e and then its differences, zigzag
//         marks: runs of (length varint, mark byte) until the count is reached
//         texts: 0, or 1 and per reading 0 or length + 1 and the bytes
#pragma once

#include <string_view>

#include "daemon/store/block_codec.h"

namespace telltale::store {

inline constexpr std::uint8_t kBlockVersion1 = 1;

// Behind the version byte.
[[nodiscard]] core::Result<void> visit_block_v1(std::string_view data, const BlockVisitor& visitor);
[[nodiscard]] core::Result<void> decode_column_v1(const BlockHead& head, std::string_view body, Column& out);

}  // namespace telltale::store
