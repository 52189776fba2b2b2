// Which of two readings of one series and time came last: numbers that grow with arrival. Pure.
// Version 1's blocks by rowid, its late blocks behind the block they came after; then compactions by their number,
// their segments and late blocks alike; then the tail's commits; the journal behind everything.
#pragma once

#include <cstdint>

namespace telltale::store {

inline constexpr std::int64_t kChunkBase = std::int64_t{1} << 40U;  // added to `after` by version 2
inline constexpr std::uint64_t kArrivalOfJournal = UINT64_MAX;

[[nodiscard]] constexpr std::uint64_t arrival_of_block(std::int64_t id) { return static_cast<std::uint64_t>(id) * 2; }
[[nodiscard]] constexpr std::uint64_t arrival_of_late(std::int64_t after) {
  return static_cast<std::uint64_t>(after) * 2 + 1;
}
[[nodiscard]] constexpr std::uint64_t arrival_of_chunk(std::int64_t chunk) {
  return arrival_of_late(kChunkBase + chunk);
}
[[nodiscard]] constexpr std::uint64_t arrival_of_commit(std::uint64_t number) {
  return (std::uint64_t{1} << 62U) + number;
}

// `time` less `distance`, never beyond the first moment.
[[nodiscard]] constexpr std::int64_t before(std::int64_t time, std::int64_t distance) {
  return time < INT64_MIN + distance ? INT64_MIN : time - distance;
}

}  // namespace telltale::store
