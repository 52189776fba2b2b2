// The database's tables and how an older file becomes a newer one. Called by whoever owns the writing connection.
//   slot        the tail: the newest commits (tail.h)
//   segment     readings in large blocks, in chunks that each compaction appends. `upto`: the latest time so far, which
//               never falls from chunk to chunk: a binary search over rowids finds a time range. `settled`: no later
//               row has anything older. `low`, `high`: bounds of the ids of its series. `chunk`: the compaction.
//   late_block  readings that would break this order: more than kLateness older, or from a future the clock does not
//               know. Found by index. `after`: kChunkBase and the compaction that wrote it; in version 1 the newest
//               block.
//   block       what version 1 wrote, one row a commit; compacted after the first start, and empty from then on
//   tier        buckets in place of readings (tier_codec.h); there once there is one
//   span        first and last time per series, and `meta`: single numbers (meta.h); without the tail
#pragma once

#include <cstdint>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

inline constexpr std::int64_t kSchemaVersion = 3;
inline constexpr std::int64_t kApplicationId = 0x544c4c54;  // "TLLT"
inline constexpr std::int64_t kLateness = 60'000'000'000;   // ns; part of the format
inline constexpr std::int64_t kNoTime = INT64_MIN;          // `upto` before any reading

// Refuses a file that is not ours (kInvalid) or is newer (kConflict) without a byte written; brings an older one
// forward, one transaction per version, and switches to WAL.
[[nodiscard]] core::Result<void> bring_forward(Database& database);
// The version of a history, of this one or an older. kInvalid: it is not ours; kConflict: it is newer.
[[nodiscard]] core::Result<std::int64_t> known_version(Database& database);
// The tables of `version` in an empty database.
[[nodiscard]] core::Result<void> make_tables(Database& database, std::int64_t version);

// The table `tier`, which not every file has.
[[nodiscard]] core::Result<bool> has_tiers(Database& database);
[[nodiscard]] core::Result<void> make_tiers(Database& database);

}  // namespace telltale::store
