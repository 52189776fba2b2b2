#include "daemon/store/verify.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "daemon/store/block_check.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/series_rows.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

constexpr std::size_t kMostFindings = 100;
constexpr std::size_t kMostNames = 20;

// A row of one of the tables of blocks; `upto` and what follows it are those of segments.
struct BlockRow {
  std::int64_t id = 0;
  std::int64_t readings = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> ids;
  std::string_view data;
};

class Verification {
 public:
  explicit Verification(Database& database) : database_(database) {}

  core::Result<VerifyReport> run() {
    auto version = known_version(database_);
    if (!version) return version.error();
    report_.schema = *version;
    if (auto pages = database_.integer("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) {
      report_.bytes = static_cast<std::uint64_t>(*pages);
    }
    if (auto series = load_series(database_)) {
      for (const core::SeriesInfo& info : *series) names_[info.id.value] = info.key_text;
    }
    auto done = check_sqlite();
    if (done && *version >= 2) done = check_table("segment", "readings, first, last, low, high, data");
    if (done) done = check_table("late_block", "readings, first, last, NULL, NULL, data");
    if (done) done = check_table("block", "readings, first, last, NULL, NULL, data");
    if (done && *version >= 2) done = check_tail();
    auto tiers = has_tiers(database_);
    if (done && tiers && *tiers) done = check_tiers();
    if (!done) return done.error();
    return std::move(report_);
  }

 private:
  void find(Finding finding) {
    if (report_.findings.size() < kMostFindings) {
      report_.findings.push_back(std::move(finding));
    } else {
      ++report_.more_findings;
    }
  }

  [[nodiscard]] std::vector<std::string> names(std::uint32_t low, std::uint32_t high) const {
    std::vector<std::string> out;
    for (auto at = names_.lower_bound(low); at != names_.end() && at->first <= high && out.size() < kMostNames; ++at) {
      out.push_back(at->second);
    }
    return out;
  }

  core::Result<void> check_sqlite() {
    auto rows = database_.prepare("PRAGMA integrity_check(20)");
    if (!rows) return rows.error();
    for (;;) {
      auto row = rows->step();
      if (!row) {
        if (!is_damage(row.error())) return row.error();
        find({"SQLite: " + row.error().text(), {}, {}});
        return {};
      }
      if (!*row) return {};
      if (rows->text(0) != "ok") find({"SQLite: " + std::string(rows->text(0)), {}, {}});
    }
  }

  void check_row(const std::string& name, const BlockRow& row) {
    const BlockFacts facts = look_into(row.data, true);
    ++report_.blocks;
    report_.readings += facts.readings;
    std::string what;
    if (!facts.sound) {
      what = facts.sound.error().text();
    } else if (facts.readings != static_cast<std::uint64_t>(row.readings)) {
      what = "it holds " + std::to_string(facts.readings) + " readings and says " + std::to_string(row.readings);
    } else if (facts.readings > 0 && (facts.first < row.first || facts.last > row.last ||
                                      (row.ids && (row.ids->first > facts.low || row.ids->second < facts.high)))) {
      what = "it says a span or series other than it holds";
    } else {
      return;
    }
    // Its own numbers when the block can be read, else those that stand beside it.
    const bool sound = facts.sound.has_value();
    const std::uint32_t low = sound ? facts.low : static_cast<std::uint32_t>(row.ids ? row.ids->first : 1);
    const std::uint32_t high = sound ? facts.high : static_cast<std::uint32_t>(row.ids ? row.ids->second : 0);
    find({name + ": " + what, names(low, high),
          sound ? std::pair(facts.first, facts.last) : std::pair(row.first, row.last)});
  }

  core::Result<void> check_table(const std::string& table, const std::string& columns) {
    RowScan rows(database_, table, columns, 0);
    std::optional<RowScan::Gap> gap;
    std::int64_t before = 0;  // last time of the row in front of a gap
    const auto tell_gap = [&](std::optional<std::int64_t> after) {
      Finding finding{table + ": a page cannot be read (" + gap->why.message + ")", {}, {}};
      if (before != 0 && after) finding.span = std::minmax(before, *after);
      if (before != 0 && !after) finding.span = std::pair(before, before);
      find(std::move(finding));
      gap.reset();
    };
    for (;;) {
      auto row = rows.next([&](const RowScan::Gap& found) {
        if (gap) tell_gap(std::nullopt);
        gap = found;
      });
      if (!row) return row.error();
      if (!*row) break;
      const Statement& at = rows.row();
      BlockRow found{at.integer(0), at.integer(1), at.integer(2), at.integer(3), {}, at.blob(6)};
      if (!at.is_null(4)) found.ids = std::pair(at.integer(4), at.integer(5));
      if (gap) tell_gap(found.first);
      before = found.last;
      check_row(table + " " + std::to_string(found.id), found);
    }
    if (gap) tell_gap(std::nullopt);
    return {};
  }

  core::Result<void> check_tiers() {
    RowScan rows(database_, "tier", "level, first, last, low, high, data", 0);
    for (;;) {
      auto row = rows.next([&](const RowScan::Gap& gap) {
        find({"tier: a page cannot be read (" + gap.why.message + ")", {}, {}});
      });
      if (!row) return row.error();
      if (!*row) return {};
      const Statement& at = rows.row();
      const auto sound = check_tier(at.blob(6), at.integer(1));
      if (sound) continue;
      find({"tier " + std::to_string(at.integer(0)) + ": " + sound.error().text(),
            names(static_cast<std::uint32_t>(at.integer(4)), static_cast<std::uint32_t>(at.integer(5))),
            std::pair(at.integer(2), at.integer(3))});
    }
  }

  core::Result<void> check_tail() {
    std::uint64_t damaged = 0;
    auto read = visit_tail(
        database_,
        [&](const TailCommit& commit) -> core::Result<void> {
          const BlockFacts facts = look_into(commit.block, true);
          ++report_.blocks;
          report_.readings += facts.readings;
          if (!facts.sound)
            find({"commit " + std::to_string(commit.number) + ": " + facts.sound.error().text(), {}, {}});
          return {};
        },
        &damaged);
    if (damaged != 0) {
      find({std::to_string(damaged) + " parts of the newest commits cannot be read", {}, {}});
    }
    if (!read && is_damage(read.error())) {
      find({"the newest commits cannot be read: " + read.error().text(), {}, {}});
      return {};
    }
    return read;
  }

  Database& database_;
  VerifyReport report_;
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace

core::Result<VerifyReport> verify(Database& database) {
  if (auto begun = database.execute("BEGIN"); !begun) return begun.error();
  auto report = Verification(database).run();
  (void)database.execute("ROLLBACK");
  return report;
}

core::Result<VerifyReport> verify_file(const std::string& path) {
  auto database = Database::open(path, Database::Access::kReadOnly, "");
  if (!database) return database.error();
  return verify(*database);
}

}  // namespace telltale::store
