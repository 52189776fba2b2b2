// How many readings the database has, and the span of each series: known in memory, and on flash as of the last
// compaction, so that opening reads the tail's heads and nothing else. Belongs to the owner of the writing connection.
#pragma once

#include <cstdint>

#include "daemon/core/error.h"
#include "daemon/store/span_table.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

struct Summary {
  SpanTable spans;
  std::int64_t samples = 0;
  std::int64_t in_tail = 0;  // of those, not compacted: flash does not count them
};

[[nodiscard]] core::Result<Summary> load_summary(Database& database);
// Looks up again the first and last times that lie within [from, to], where readings went. Nothing is in the tail.
[[nodiscard]] core::Result<void> measure_spans(Database& database, SpanTable& spans, std::int64_t from,
                                               std::int64_t to);
// Inside the caller's transaction.
[[nodiscard]] core::Result<void> save_summary(Database& database, Summary& summary);

}  // namespace telltale::store
