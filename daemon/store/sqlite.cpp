#include "daemon/store/sqlite.h"

#include <cerrno>

#include <sqlite3.h>

namespace telltale::store {

namespace {

constexpr int kBusyMilliseconds = 2000;

core::Error sqlite_error(sqlite3* handle, const char* operation) {
  const int code = sqlite3_extended_errcode(handle);
  const int primary = code & 0xff;
  core::ErrorCode kind = core::ErrorCode::kIo;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) kind = core::ErrorCode::kCorrupt;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_CANTOPEN) {
    kind = core::ErrorCode::kUnavailable;
  }
  if (primary == SQLITE_MISUSE) kind = core::ErrorCode::kInternal;
  // Of the disk, or of what the file may grow to.
  const int system = sqlite3_system_errno(handle);
  const bool full = primary == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT);
  if (primary == SQLITE_FULL || full) kind = core::ErrorCode::kLimit;
  return core::make_error(kind,
                          std::string(operation) + ": " + sqlite3_errmsg(handle) + " (" + std::to_string(code) + ")");
}

int on_wal(void* pages, sqlite3* /*handle*/, const char* /*name*/, int count) {
  *static_cast<std::uint64_t*>(pages) = static_cast<std::uint64_t>(count);
  return SQLITE_OK;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

// A bind can only fail on a mistake of ours or without memory; step() then refuses the incomplete statement's result
// through the constraint of the column, so results are not looked at here.
Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}
Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(statement_.get(), index, value);
  return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}
Statement& Statement::bind_blob(int index, std::string_view blob) {
  sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_STATIC);
  return *this;
}

core::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  core::Error error = sqlite_error(sqlite3_db_handle(statement_.get()), "step");
  reset();
  return error;
}

core::Result<void> Statement::run() {
  for (;;) {
    auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
Statement::Type Statement::type(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
      return Type::kInteger;
    case SQLITE_FLOAT:
      return Type::kReal;
    case SQLITE_TEXT:
      return Type::kText;
    case SQLITE_BLOB:
      return Type::kBlob;
    default:
      return Type::kNull;
  }
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

core::Result<Database> Database::open(const std::string& path, Access access, const std::string& vfs) {
  const bool writes = access == Access::kReadWrite;
  const int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database;
  database.wal_pages_ = std::make_unique<std::uint64_t>(0);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, "open").in(path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  // Only the writer checkpoints: an automatic one, or one at close, from a second connection is what SQLite before
  // 3.51.3 can corrupt the WAL with.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_wal_autocheckpoint(handle, 0);
  if (writes) sqlite3_wal_hook(handle, on_wal, database.wal_pages_.get());
  // Debian's SQLite overwrites what is deleted with zeros unless told otherwise: that is flash written for nothing.
  auto configured = database.execute(writes ? "PRAGMA mmap_size=0; PRAGMA synchronous=FULL; PRAGMA cache_size=-1024;"
                                              "PRAGMA secure_delete=OFF;"
                                            : "PRAGMA mmap_size=0; PRAGMA query_only=1; PRAGMA cache_size=-256;");
  if (!configured) return configured.error().in(path);
  return database;
}

core::Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return sqlite_error(handle_.get(), "execute");
}

core::Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK) {
    return sqlite_error(handle_.get(), "prepare");
  }
  return Statement(statement);
}

core::Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(handle_.get()); }

void Database::leave_nothing_beside() {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

core::Result<std::uint64_t> Database::checkpoint(bool wait_for_readers) {
  int in_wal = 0;
  int copied = 0;
  const std::uint64_t before = *wal_pages_;
  const int mode = wait_for_readers ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  if (sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, &in_wal, &copied) != SQLITE_OK) {
    return sqlite_error(handle_.get(), "checkpoint");
  }
  if (wait_for_readers) {  // which reports no pages: the file is empty by then
    *wal_pages_ = 0;
    return before;
  }
  return static_cast<std::uint64_t>(copied < 0 ? 0 : copied);
}

std::uint64_t Database::pages_written() const {
  int current = 0;
  int highest = 0;
  sqlite3_db_status(handle_.get(), SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 0);
  return static_cast<std::uint64_t>(current);
}

}  // namespace telltale::store
