// Rows of a table in the order of their ids, around what is damaged: a page that cannot be read costs the rows that it
// holds, not those behind it. Whoever owns the connection; one scan per statement's life.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class RowScan {
 public:
  // Ids between which rows are lost: after `last` (the last one read) and before `next` (the next one; INT64_MAX:
  // none).
  struct Gap {
    std::int64_t last = 0;
    std::int64_t next = 0;
    core::Error why;
  };
  using OnGap = std::function<void(const Gap& gap)>;

  // Of `table` the rowid and `columns` (`a, b, c`), from the id `begin` on. `where` is one more condition, or empty.
  RowScan(Database& database, std::string table, std::string columns, std::int64_t begin, std::string where = {});

  // True: row() stands on one, with its rowid in column 0. An error that is no damage ends the scan.
  [[nodiscard]] core::Result<bool> next(const OnGap& on_gap = {});
  [[nodiscard]] const Statement& row() const { return rows_; }

 private:
  [[nodiscard]] core::Result<void> prepare();
  [[nodiscard]] core::Result<bool> readable(std::int64_t from, std::int64_t& id);
  [[nodiscard]] core::Result<std::int64_t> behind(std::int64_t damaged);

  Database& database_;
  const std::string table_;
  const std::string select_;
  std::int64_t next_;          // the scan goes on at this id
  std::int64_t highest_ = -1;  // of the table, where it can be read: ids beyond are damage
  bool begun_ = false;
  bool over_ = false;
  Statement rows_;
};

// Whether `error` says that a part of the file cannot be read: the rest may be.
[[nodiscard]] inline bool is_damage(const core::Error& error) {
  return error.code == core::ErrorCode::kCorrupt || error.code == core::ErrorCode::kIo;
}

}  // namespace telltale::store
