// One query: a snapshot of the database and the journal's tail behind it, so that nothing is missed and nothing seen
// twice. Any thread that may block; one object per query.
//
// Blocks are read in the order of time and given up as soon as they are counted in: memory is what the answer needs and
// what can still change, not what was read.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/store/block_codec.h"
#include "daemon/store/journal.h"
#include "daemon/store/merge.h"
#include "daemon/store/release_gate.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class QueryRun {
 public:
  QueryRun(const core::HistoryQuery& query, Database& database, const Journal& journal, ReleaseGate& gate);
  [[nodiscard]] core::Result<core::HistoryResult> run();

 private:
  struct LateBlock {
    std::int64_t id;
    std::int64_t after;
    std::int64_t first;
  };

  [[nodiscard]] core::Result<void> read();
  [[nodiscard]] core::Result<void> read_journal();
  [[nodiscard]] core::Result<std::uint64_t> read_tail();
  [[nodiscard]] core::Result<void> find_late();
  [[nodiscard]] core::Result<void> find_late_around_damage();
  [[nodiscard]] core::Result<std::int64_t> first_segment();
  [[nodiscard]] core::Result<void> read_segments();
  [[nodiscard]] core::Result<void> read_version1();
  [[nodiscard]] core::Result<void> read_late_before(std::int64_t time);
  [[nodiscard]] core::Result<void> take_block(std::string_view data, std::uint64_t arrival);
  [[nodiscard]] core::Result<void> count(std::uint64_t readings);
  [[nodiscard]] bool wanted_time(std::int64_t time) const { return time >= from_ && time < to_; }
  void settle(std::int64_t time);
  [[nodiscard]] core::HistoryResult result();

  const core::HistoryQuery& query_;
  Database& database_;
  const Journal& journal_;
  ReleaseGate& gate_;
  const std::int64_t from_;
  const std::int64_t to_;
  std::int64_t step_ = 0;
  std::vector<SeriesMerge> merges_;                         // one per series of the query
  std::unordered_map<core::SeriesId, std::size_t> wanted_;  // index into merges_
  std::vector<LateBlock> late_;                             // by first; those not yet read
  std::size_t next_late_ = 0;
  Column scratch_;
  std::uint64_t readings_ = 0;
  std::uint64_t unsettled_ = 0;
  std::uint64_t damaged_ = 0;
  std::int64_t low_ = INT64_MAX;  // of the ids of the query's series
  std::int64_t high_ = 0;
};

}  // namespace telltale::store
