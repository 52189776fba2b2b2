// The peer of the store: SQLite as one would use it at first, a row per reading. One thread; throws std::runtime_error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace telltale::bench {

class PlainRows {
 public:
  // WAL and FULL, as the store. `keyed`: the primary key is (series, time); otherwise rows are appended, and there is
  // no index.
  PlainRows(const std::string& path, bool keyed);

  void begin() { run("BEGIN"); }
  void insert(std::uint32_t series, std::int64_t time, double value);
  void commit() { run("COMMIT"); }
  // Buckets of `step` over [from, to): reads count, minimum, maximum and mean of each; answers how many there are.
  int buckets(std::uint32_t series, std::int64_t from, std::int64_t to, std::int64_t step);
  // Reads every time and value of a series; answers how many there are.
  std::uint64_t read(std::uint32_t series);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Close>;

  void run(const char* sql);
  [[nodiscard]] Statement prepare(const char* sql);

  std::unique_ptr<sqlite3, Close> database_;
  Statement insert_;
  Statement query_;
  Statement read_;
};

}  // namespace telltale::bench
