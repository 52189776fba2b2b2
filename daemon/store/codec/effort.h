// How hard an encoder tries. Pure.
#pragma once

#include <cstdint>

namespace telltale::store {

enum class Effort : std::uint8_t {
  kQuick,  // a commit: a few values, forms that cost little time
  kBest,   // compaction: every form is tried, zstd included, and the smallest stays
};

// More values than this in one column are refused: it bounds what a decoder allocates.
inline constexpr std::size_t kMaxColumnValues = 65'536;

}  // namespace telltale::store
