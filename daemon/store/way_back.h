// The way back from an update that changes the schema: the history as it was, in `before-schema-N` in the state
// directory, beyond the budget as copies of restores are. It goes by itself after thirty days. Blocks on the disk.
#pragma once

#include <filesystem>
#include <string>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

inline constexpr std::string_view kWayBackPrefix = "before-schema-";
inline constexpr std::chrono::hours kWayBackLasts{24 * 30};

// Called before an older file is brought forward; of one of this schema, or a new one, it makes nothing. What is to be
// told the user: empty, where the copy is, or why there is none. A copy that cannot be made stops no update.
[[nodiscard]] std::string keep_way_back(Database& database, const std::filesystem::path& state_dir);

// Removes copies that are older than that, by a clock that is synchronised. What was removed.
[[nodiscard]] std::string drop_old_ways_back(const std::filesystem::path& state_dir, const core::Clock& clock);

}  // namespace telltale::store
