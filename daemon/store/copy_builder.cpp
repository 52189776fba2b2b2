#include "daemon/store/copy_builder.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/store/schema.h"

namespace telltale::store {

namespace {

constexpr std::size_t kMostRecord = 64U << 20U;
constexpr std::size_t kMostFindings = 100;
constexpr std::size_t kMostFiles = 1000;

core::Error no_copy(const std::string& why) {
  return core::make_error(core::ErrorCode::kCorrupt, "this is no whole copy of a history: " + why);
}

}  // namespace

core::Result<CopyBuilder> CopyBuilder::create(const std::string& path) {
  // SQLite would take up whatever is there, and make a file that everybody may read.
  const core::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return core::errno_error(errno, "open", path);
  auto database = Database::open(path, Database::Access::kReadWrite, "");
  if (!database) return database.error();
  // Nobody sees the file before finish() has synced it: what is torn until then is thrown away.
  auto fast = database->execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-4096;");
  if (!fast) return fast.error().in(path);
  return CopyBuilder(path, std::move(*database));
}

core::Result<void> CopyBuilder::take(std::string_view bytes) {
  bytes_ += bytes.size();
  buffer_ += bytes;
  ByteReader in(buffer_);
  std::size_t used = 0;
  while (in.left() > 0) {
    if (ended_) return no_copy("something follows its end");
    auto taken = begun_ ? take_record(in) : take_head(in);
    if (!taken) return taken.error();
    if (!*taken) break;
    used = buffer_.size() - in.left();
  }
  buffer_.erase(0, used);
  if (buffer_.size() > kMostRecord) return no_copy("a part of it is too large");
  return {};
}

core::Result<bool> CopyBuilder::take_head(ByteReader& in) {
  const std::string_view magic = in.take(kCopyMagic.size());
  if (in.ok() && magic != kCopyMagic) return no_copy("it begins otherwise");
  const std::uint64_t format = in.varint();
  const std::uint64_t version = in.varint();
  if (!in.ok()) return false;
  if (format != kCopyVersion || version < 1 || version > static_cast<std::uint64_t>(kSchemaVersion)) {
    return core::make_error(core::ErrorCode::kConflict,
                            "the copy comes from a newer Telltale than this one: update this tool");
  }
  version_ = static_cast<std::int64_t>(version);
  if (auto made = make_tables(database_, version_); !made) return made.error();
  auto begun = database_.execute("DELETE FROM meta; BEGIN");
  if (!begun) return begun.error();
  begun_ = true;
  return true;
}

core::Result<bool> CopyBuilder::take_record(ByteReader& in) {
  const auto record = static_cast<CopyRecord>(in.fixed<std::uint8_t>());
  if (!in.ok()) return false;
  if (record == CopyRecord::kEnd) {
    const std::uint64_t rows = in.varint();
    if (!in.ok()) return false;
    if (rows != count_) return no_copy("rows are missing");
    ended_ = true;
    return true;
  }
  if (record == CopyRecord::kFinding || record == CopyRecord::kError) {
    const std::string text(in.text());
    if (!in.ok()) return false;
    if (record == CopyRecord::kError) return core::make_error(core::ErrorCode::kUnavailable, text);
    if (findings_.size() < kMostFindings) findings_.push_back(text);
    return true;
  }
  return take_row(in, record);
}

core::Result<bool> CopyBuilder::take_row(ByteReader& in, CopyRecord record) {
  const CopyTable* table = copy_table(record);
  if ((table == nullptr && record != CopyRecord::kMeta) || (table != nullptr && table->since > version_)) {
    return no_copy("a record is of no known kind");
  }
  std::vector<CopyValue> values;
  const int count = table == nullptr ? 2 : table->count + 1;
  values.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) values.push_back(take_value(in));
  if (!in.ok()) return false;
  if (auto done = insert(record, values); !done) return done.error();
  ++count_;
  return true;
}

core::Result<void> CopyBuilder::insert(CopyRecord record, const std::vector<CopyValue>& values) {
  if (record != prepared_) {
    const CopyTable* table = copy_table(record);
    if (record == CopyRecord::kTier) {
      if (auto made = make_tiers(database_); !made) return made;
    }
    // Two rows of one id are what damage made of them: the first counts.
    std::string sql = "INSERT OR IGNORE INTO ";
    sql += table == nullptr ? "meta(name, value" : std::string(table->name) + "(rowid, " + table->columns;
    sql += ") VALUES(?";
    for (std::size_t i = 1; i < values.size(); ++i) sql += ",?";
    auto prepared = database_.prepare(sql + ")");
    if (!prepared) return prepared.error();
    insert_ = std::move(*prepared);
    prepared_ = record;
  }
  for (std::size_t i = 0; i < values.size(); ++i) bind_value(insert_, static_cast<int>(i) + 1, values[i]);
  return insert_.run();
}

core::Result<void> CopyBuilder::carry(const CarriedFile& file) {
  auto made = database_.execute(
      "CREATE TABLE IF NOT EXISTS carried(name TEXT PRIMARY KEY, mode INTEGER NOT NULL, data BLOB NOT NULL)");
  if (!made) return made;
  auto put = database_.prepare("INSERT OR REPLACE INTO carried VALUES(?,?,?)");
  if (!put) return put.error();
  put->bind(1, std::string_view(file.name)).bind(2, static_cast<std::int64_t>(file.mode)).bind_blob(3, file.data);
  return put->run();
}

// What a damaged history lost of it is made from the rest.
core::Result<void> CopyBuilder::complete_meta() {
  std::string sql =
      "INSERT OR IGNORE INTO meta VALUES('database', random()), ('samples', "
      "(SELECT coalesce(sum(readings), 0) FROM block) + (SELECT coalesce(sum(readings), 0) FROM late_block)), "
      "('summary_block', (SELECT coalesce(max(id), 0) FROM block)), "
      "('summary_late', (SELECT coalesce(max(id), 0) FROM late_block));";
  if (version_ >= 2) {
    sql +=
        "INSERT OR IGNORE INTO meta VALUES('compacted', 0), ('position', 0), "
        "('chunk', (SELECT coalesce(max(chunk), 0) FROM segment)), "
        "('upto', (SELECT coalesce(max(upto), -9223372036854775808) FROM segment));";
  }
  // What a correction of times was at belongs to the journal that is not here.
  if (version_ >= 3) {
    sql +=
        "INSERT OR REPLACE INTO meta VALUES('correcting', 0), ('corrected', 0), ('correct_to', 0);"
        "INSERT OR IGNORE INTO meta VALUES('demoted', -9223372036854775808);";
  }
  if (!findings_.empty()) {
    sql +=
        "UPDATE meta SET value = (SELECT coalesce(sum(readings), 0) FROM block) + "
        "(SELECT coalesce(sum(readings), 0) FROM late_block)";
    if (version_ >= 2) sql += " + (SELECT coalesce(sum(readings), 0) FROM segment)";
    sql += " WHERE name = 'samples';";
  }
  return database_.execute(sql.c_str());
}

core::Result<void> CopyBuilder::finish(bool new_identity) {
  if (!ended_ || !buffer_.empty()) return no_copy("its end is missing");
  auto done = complete_meta();
  if (done && new_identity) done = database_.execute("UPDATE meta SET value = random() WHERE name = 'database'");
  insert_ = Statement();
  if (done) done = database_.execute("COMMIT");
  if (!done) return done.error().in(path_);
  const core::Fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) return core::errno_error(errno, "fsync", path_);
  return {};
}

core::Result<std::vector<CarriedFile>> carried_files(const std::string& path) {
  auto database = Database::open(path, Database::Access::kReadOnly, "");
  if (!database) return database.error();
  std::vector<CarriedFile> files;
  auto there = database->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'carried'");
  if (!there) return there.error().in(path);
  if (*there == 0) return files;
  auto rows = database->prepare("SELECT name, mode, data FROM carried ORDER BY name");
  if (!rows) return rows.error().in(path);
  while (files.size() < kMostFiles) {
    auto row = rows->step();
    if (!row) return row.error().in(path);
    if (!*row) break;
    files.push_back(
        {std::string(rows->text(0)), static_cast<std::uint32_t>(rows->integer(1)) & 0777U, std::string(rows->blob(2))});
  }
  return files;
}

}  // namespace telltale::store
