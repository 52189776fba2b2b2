#include "tests/bench/plain_rows.h"

#include <stdexcept>

#include <sqlite3.h>

namespace telltale::bench {

void PlainRows::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void PlainRows::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

PlainRows::PlainRows(const std::string& path, bool keyed) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(path.c_str(), &opened);
  database_.reset(opened);
  if (code != SQLITE_OK) throw std::runtime_error(path + ": " + sqlite3_errstr(code));
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA synchronous = FULL");
  run(keyed ? "CREATE TABLE reading (series INTEGER, time INTEGER, value REAL, PRIMARY KEY (series, time))"
            : "CREATE TABLE reading (series INTEGER, time INTEGER, value REAL)");
  insert_ = prepare("INSERT INTO reading VALUES (?1, ?2, ?3)");
  query_ = prepare(
      "SELECT (time - ?2) / ?4 AS bucket, count(*), min(value), max(value), avg(value) FROM reading "
      "WHERE series = ?1 AND time >= ?2 AND time < ?3 GROUP BY bucket");
  read_ = prepare("SELECT time, value FROM reading WHERE series = ?1");
}

void PlainRows::run(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(database_.get()));
  }
}

PlainRows::Statement PlainRows::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(database_.get()));
  }
  return Statement(statement);
}

void PlainRows::insert(std::uint32_t series, std::int64_t time, double value) {
  sqlite3_bind_int64(insert_.get(), 1, series);
  sqlite3_bind_int64(insert_.get(), 2, time);
  sqlite3_bind_double(insert_.get(), 3, value);
  const int code = sqlite3_step(insert_.get());
  sqlite3_reset(insert_.get());
  if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database_.get()));
}

int PlainRows::buckets(std::uint32_t series, std::int64_t from, std::int64_t to, std::int64_t step) {
  sqlite3_bind_int64(query_.get(), 1, series);
  sqlite3_bind_int64(query_.get(), 2, from);
  sqlite3_bind_int64(query_.get(), 3, to);
  sqlite3_bind_int64(query_.get(), 4, step);
  int count = 0;
  while (sqlite3_step(query_.get()) == SQLITE_ROW) {
    for (int column = 1; column < 5; ++column) static_cast<void>(sqlite3_column_double(query_.get(), column));
    ++count;
  }
  sqlite3_reset(query_.get());
  return count;
}

std::uint64_t PlainRows::read(std::uint32_t series) {
  sqlite3_bind_int64(read_.get(), 1, series);
  std::uint64_t count = 0;
  while (sqlite3_step(read_.get()) == SQLITE_ROW) {
    static_cast<void>(sqlite3_column_int64(read_.get(), 0));
    static_cast<void>(sqlite3_column_double(read_.get(), 1));
    ++count;
  }
  sqlite3_reset(read_.get());
  return count;
}

}  // namespace telltale::bench
