#include "daemon/store/verify.h"

#include <string_view>

#include "daemon/store/block_codec.h"
#include "daemon/store/tail.h"

namespace telltale::store {

namespace {

constexpr std::size_t kMostFindings = 100;

void find(VerifyReport& report, std::string what) {
  if (report.findings.size() < kMostFindings) report.findings.push_back(std::move(what));
}

void check_block(std::string_view data, const std::string& name, std::int64_t expected, VerifyReport& report) {
  Column column;
  std::uint64_t readings = 0;
  ++report.blocks;
  const auto done = visit_block(data, [&](const BlockHead& head, std::string_view body) {
    readings += head.count;
    return decode_column(head, body, column);
  });
  report.readings += readings;
  if (!done) {
    find(report, name + ": " + done.error().text());
  } else if (expected >= 0 && readings != static_cast<std::uint64_t>(expected)) {
    find(report, name + ": it holds " + std::to_string(readings) + " readings and says " + std::to_string(expected));
  }
}

core::Result<void> check_sqlite(Database& database, VerifyReport& report) {
  auto rows = database.prepare("PRAGMA integrity_check(20)");
  if (!rows) return rows.error();
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return {};
    if (rows->text(0) != "ok") find(report, "SQLite: " + std::string(rows->text(0)));
  }
}

core::Result<void> check_table(Database& database, const std::string& table, VerifyReport& report) {
  auto rows = database.prepare("SELECT id, readings, data FROM " + table + " ORDER BY id");
  if (!rows) return rows.error();
  for (;;) {
    auto row = rows->step();
    if (!row) {  // a page of it is damaged: the rest is not looked at, but other tables are
      find(report, table + ": " + row.error().text());
      return {};
    }
    if (!*row) return {};
    check_block(rows->blob(2), table + " " + std::to_string(rows->integer(0)), rows->integer(1), report);
  }
}

}  // namespace

core::Result<VerifyReport> verify(Database& database) {
  VerifyReport report;
  if (auto begun = database.execute("BEGIN"); !begun) return begun.error();
  auto done = check_sqlite(database, report);
  for (const char* table : {"segment", "late_block", "block"}) {
    if (done) done = check_table(database, table, report);
  }
  std::uint64_t damaged = 0;
  if (done) {
    done = visit_tail(
        database,
        [&](const TailCommit& commit) -> core::Result<void> {
          check_block(commit.block, "commit " + std::to_string(commit.number), -1, report);
          return {};
        },
        &damaged);
  }
  if (damaged != 0) find(report, std::to_string(damaged) + " of the newest commits are damaged");
  (void)database.execute("ROLLBACK");
  if (!done) return done.error();
  return report;
}

core::Result<VerifyReport> verify_file(const std::string& path) {
  auto database = Database::open(path, Database::Access::kReadOnly, "");
  if (!database) return database.error();
  return verify(*database);
}

}  // namespace telltale::store
