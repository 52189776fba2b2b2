// One query: a snapshot of the database and the journal's tail behind it, so that nothing is missed and nothing seen
// twice. Any thread that may block; one object per query.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/store/journal.h"
#include "daemon/store/release_gate.h"
#include "daemon/store/scan.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class QueryRun {
 public:
  QueryRun(const core::HistoryQuery& query, Database& database, const Journal& journal, ReleaseGate& gate);
  [[nodiscard]] core::Result<core::HistoryResult> run();

 private:
  [[nodiscard]] core::Result<void> read_journal();
  [[nodiscard]] core::Result<void> read_gone();
  [[nodiscard]] core::HistoryResult result();

  const core::HistoryQuery& query_;
  Database& database_;
  const Journal& journal_;
  ReleaseGate& gate_;
  std::int64_t step_ = 0;
  HistoryScan scan_;
  std::optional<core::WallTime> gone_;  // of readings up to there not all are left
};

}  // namespace telltale::store
