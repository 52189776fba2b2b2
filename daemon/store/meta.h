// Single numbers of the database, by name. Whoever owns the connection; no thread of its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

// Besides: `tier_SECONDS`: up to where a level of tiers was made; `chunk_NUMBER`: the journal position behind what a
// compaction took, as long as a correction of the clock can ask for it.
struct Meta {
  static constexpr std::string_view kDatabase = "database";    // which one: random
  static constexpr std::string_view kCompacted = "compacted";  // number of the last commit that is in segments
  static constexpr std::string_view kPosition = "position";    // journal position behind it
  static constexpr std::string_view kUpto = "upto";            // latest time in segments
  static constexpr std::string_view kChunk = "chunk";          // number of the last compaction
  // Of a correction of times that is under way: what tells it from others (0: there is none), the last chunk that
  // it has been through, and the last it has to go through.
  static constexpr std::string_view kCorrecting = "correcting";
  static constexpr std::string_view kCorrected = "corrected";
  static constexpr std::string_view kCorrectTo = "correct_to";
  static constexpr std::string_view kDemoted = "demoted";  // of what is before it, tiers have something of all
  static constexpr std::string_view kLate = "late";        // tiers know of what came late up to that compaction
  static constexpr std::string_view kGone = "gone";        // the last time of which readings went
  static constexpr std::string_view kSamples = "samples";  // readings, without the tail
  static constexpr std::string_view kSummaryBlock = "summary_block";  // those that `samples` and `span` count
  static constexpr std::string_view kSummaryLate = "summary_late";
};

[[nodiscard]] inline core::Result<std::int64_t> get_meta(Database& database, std::string_view name) {
  auto select = database.prepare("SELECT value FROM meta WHERE name=?");
  if (!select) return select.error();
  auto row = select->bind(1, name).step();
  if (!row) return row.error();
  return *row ? select->integer(0) : 0;
}

// Of a name that may not be there yet.
[[nodiscard]] inline core::Result<void> put_meta(Database& database, std::string_view name, std::int64_t value) {
  auto insert = database.prepare("INSERT OR REPLACE INTO meta VALUES(?,?)");
  if (!insert) return insert.error();
  return insert->bind(1, name).bind(2, value).run();
}

[[nodiscard]] inline core::Result<void> set_meta(Database& database, std::string_view name, std::int64_t value) {
  auto update = database.prepare("UPDATE meta SET value=? WHERE name=?");
  if (!update) return update.error();
  return update->bind(1, value).bind(2, name).run();
}

}  // namespace telltale::store
