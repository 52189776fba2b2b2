#include "daemon/store/schema.h"

#include <array>
#include <string>

namespace telltale::store {

namespace {

// Step i brings version i to i + 1.
constexpr std::array<const char*, kSchemaVersion> kMigrations = {
    R"(CREATE TABLE series(id INTEGER PRIMARY KEY, key TEXT NOT NULL, input TEXT NOT NULL, unit TEXT NOT NULL,
         kind INTEGER NOT NULL, states TEXT NOT NULL, title TEXT NOT NULL, decimals INTEGER, low REAL, high REAL);
       CREATE TABLE block(id INTEGER PRIMARY KEY, position INTEGER NOT NULL, upto INTEGER NOT NULL,
         first INTEGER NOT NULL, last INTEGER NOT NULL, readings INTEGER NOT NULL, data BLOB NOT NULL);
       CREATE TABLE late_block(id INTEGER PRIMARY KEY, after INTEGER NOT NULL, first INTEGER NOT NULL,
         last INTEGER NOT NULL, readings INTEGER NOT NULL, data BLOB NOT NULL);
       CREATE INDEX late_block_last ON late_block(last, first);
       CREATE TABLE span(series INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
       CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
       INSERT INTO meta VALUES('database', random()), ('samples', 0), ('summary_block', 0), ('summary_late', 0);)",
    R"(CREATE TABLE slot(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
       CREATE TABLE segment(id INTEGER PRIMARY KEY, upto INTEGER NOT NULL, settled INTEGER NOT NULL,
         chunk INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, low INTEGER NOT NULL,
         high INTEGER NOT NULL, readings INTEGER NOT NULL, data BLOB NOT NULL);
       INSERT INTO meta VALUES('compacted', 0), ('chunk', 0), ('upto', -9223372036854775808),
         ('position', coalesce((SELECT position FROM block ORDER BY id DESC LIMIT 1), 0));)",
    R"(INSERT INTO meta VALUES('correcting', 0), ('corrected', 0), ('correct_to', 0),
         ('demoted', -9223372036854775808), ('gone', -9223372036854775808);)"};

// Made when there is something for it: a small history needs none.
constexpr const char* kTiers =
    "CREATE TABLE IF NOT EXISTS tier(id INTEGER PRIMARY KEY, level INTEGER NOT NULL, first INTEGER NOT NULL, last "
    "INTEGER "
    "NOT NULL, chunk INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, data BLOB NOT NULL);"
    "CREATE INDEX IF NOT EXISTS tier_first ON tier(level, first);";

// Of a new file: a commit overwrites a page or two, and small ones cost little; and pages can be given back.
constexpr const char* kShape = "PRAGMA page_size=1024; PRAGMA auto_vacuum=INCREMENTAL;";

core::Result<void> migrate(Database& database, std::int64_t version) {
  const std::string sql = std::string("BEGIN IMMEDIATE;") + kMigrations.at(static_cast<std::size_t>(version)) +
                          "PRAGMA user_version=" + std::to_string(version + 1) +
                          ";PRAGMA application_id=" + std::to_string(kApplicationId) + ";COMMIT;";
  return database.execute(sql.c_str());
}

}  // namespace

core::Result<std::int64_t> known_version(Database& database) {
  auto version = database.integer("PRAGMA user_version");
  if (!version) return version;
  auto application = database.integer("PRAGMA application_id");
  if (!application) return application;
  auto tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables;
  if (*tables != 0 && *application != kApplicationId) {
    return core::make_error(core::ErrorCode::kInvalid, "this is a database of another program; it is left as it is");
  }
  if (*version > kSchemaVersion || *version < 0) {
    return core::make_error(core::ErrorCode::kConflict,
                            "it was written by a newer Telltale (schema " + std::to_string(*version) +
                                ", this one knows " + std::to_string(kSchemaVersion) +
                                "); it is left as it is: install that version again, or name another state directory");
  }
  return version;
}

core::Result<bool> has_tiers(Database& database) {
  auto there = database.integer("SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE name = 'tier')");
  return there ? core::Result<bool>(*there != 0) : core::Result<bool>(there.error());
}

core::Result<void> make_tiers(Database& database) { return database.execute(kTiers); }

core::Result<void> make_tables(Database& database, std::int64_t version) {
  auto done = database.execute(kShape);
  for (std::int64_t step = 0; step < version && done; ++step) done = migrate(database, step);
  return done;
}

core::Result<void> bring_forward(Database& database) {
  auto version = known_version(database);
  if (!version) return version.error();
  auto tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*tables == 0) {
    auto shape = database.execute(kShape);
    if (!shape) return shape;
  }
  auto mode = database.execute("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=2097152;");
  if (!mode) return mode;
  for (std::int64_t step = *version; step < kSchemaVersion; ++step) {
    if (auto migrated = migrate(database, step); !migrated) return migrated;
  }
  return {};
}

}  // namespace telltale::store
