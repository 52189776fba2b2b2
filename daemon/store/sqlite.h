// SQLite behind Result: a connection and its statements. Only daemon/store uses it. A connection and its statements
// belong to one thread at a time; whoever owns the connection says which.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace telltale::store {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // Parameters count from 1; a blob or text must live until the statement is stepped to its end or reset.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_null(int index);
  Statement& bind_blob(int index, std::string_view blob);
  // True: a row is there. After false, or an error, the statement is reset.
  [[nodiscard]] core::Result<bool> step();
  // Steps to the end, for statements without rows.
  [[nodiscard]] core::Result<void> run();
  void reset();

  // Columns count from 0; views live until the next step.
  [[nodiscard]] bool is_null(int column) const;
  enum class Type : std::uint8_t { kNull, kInteger, kReal, kText, kBlob };
  [[nodiscard]] Type type(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };
  // Opens and configures: no mmap, no automatic checkpoint, none at close either, synchronous FULL.
  [[nodiscard]] static core::Result<Database> open(const std::string& path, Access access, const std::string& vfs);

  [[nodiscard]] core::Result<void> execute(const char* sql);
  [[nodiscard]] core::Result<Statement> prepare(std::string_view sql);
  // First column of the first row.
  [[nodiscard]] core::Result<std::int64_t> integer(std::string_view sql);
  [[nodiscard]] std::int64_t last_rowid() const;
  // Copies the WAL's pages into the database; `wait_for_readers`: all of them, and empties the file. Pages copied.
  [[nodiscard]] core::Result<std::uint64_t> checkpoint(bool wait_for_readers);
  // When this connection is closed as the last one, the WAL and its index go. Everything was checkpointed before.
  void leave_nothing_beside();
  // Pages in the WAL after the last commit.
  [[nodiscard]] std::uint64_t wal_pages() const { return *wal_pages_; }
  // Pages that this connection has written into the WAL since it was opened.
  [[nodiscard]] std::uint64_t pages_written() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<std::uint64_t> wal_pages_;  // before handle_: SQLite writes into it
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace telltale::store
