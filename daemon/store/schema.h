// The database's tables and how an older file becomes a newer one. Called by whoever owns the writing connection.
//   block       one row per commit: every series' readings, in the order of time. `position` is the journal position
//               that the row brings the database to; `upto` the latest time so far, which never falls: a binary search
//               over rowids finds a time range. Between 0 and kLateness readings may be older than the previous `upto`.
//   late_block  readings that would break this order: older, or from a future the clock does not know. Found by index.
//               `after`: the newest block when it came; tells which of two readings of one time came last.
//   span        first and last time per series, and `meta`: how many readings there are; both as of the blocks that
//               meta names, so that opening reads only what came later.
#pragma once

#include <cstdint>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

inline constexpr std::int64_t kSchemaVersion = 1;
inline constexpr std::int64_t kApplicationId = 0x544c4c54;  // "TLLT"
inline constexpr std::int64_t kLateness = 60'000'000'000;   // ns; part of the format
inline constexpr std::int64_t kNoTime = INT64_MIN;          // `upto` before any reading

// Refuses a file that is not ours (kInvalid) or is newer (kConflict) without a byte written; brings an older one
// forward, one transaction per version, and switches to WAL.
[[nodiscard]] core::Result<void> bring_forward(Database& database);

}  // namespace telltale::store
