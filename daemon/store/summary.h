// How many readings the database has, and the span of each series: known in memory, and on flash as of a block, so that
// opening reads the heads of at most the blocks that came later. Belongs to the owner of the writing connection.
#pragma once

#include <cstdint>

#include "daemon/core/error.h"
#include "daemon/store/span_table.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

inline constexpr std::int64_t kSummaryBlocks = 360;

struct Summary {
  SpanTable spans;
  std::int64_t samples = 0;
  std::int64_t saved_block = 0;  // what is on flash counts blocks up to this one
};

[[nodiscard]] core::Result<Summary> load_summary(Database& database);
// Inside the caller's transaction.
[[nodiscard]] core::Result<void> save_summary(Database& database, Summary& summary);

}  // namespace telltale::store
