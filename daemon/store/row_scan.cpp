#include "daemon/store/row_scan.h"

#include <utility>

namespace telltale::store {

namespace {

constexpr std::int64_t kFarthest = std::int64_t{1} << 50U;  // ids count up from one

}  // namespace

RowScan::RowScan(Database& database, std::string table, std::string columns, std::int64_t begin, std::string where)
    : database_(database),
      table_(std::move(table)),
      select_("SELECT rowid, " + std::move(columns) + " FROM " + table_ + " WHERE rowid >= ?1" +
              (where.empty() ? std::string() : " AND " + std::move(where)) + " ORDER BY rowid"),
      next_(begin) {}

core::Result<void> RowScan::prepare() {
  auto rows = database_.prepare(select_);
  if (!rows) return rows.error();
  rows_ = std::move(*rows);
  rows_.bind(1, next_);
  if (begun_) return {};
  begun_ = true;
  auto highest = database_.integer("SELECT max(rowid) FROM " + table_);
  if (highest) {
    highest_ = *highest;
  } else if (!is_damage(highest.error())) {
    return highest.error();
  }
  return {};
}

core::Result<bool> RowScan::next(const OnGap& on_gap) {
  while (!over_) {
    if (!begun_) {
      if (auto ready = prepare(); !ready) return ready.error();
    }
    auto row = rows_.step();
    if (row && *row) {
      const std::int64_t id = rows_.integer(0);
      if (id >= next_ && (highest_ < 0 || id <= highest_)) next_ = id + 1;  // any other id is damage: not to go on from
      return true;
    }
    if (row) {
      over_ = true;
      continue;
    }
    if (!is_damage(row.error())) return row;
    auto found = behind(next_);
    if (!found) return found.error();
    if (on_gap) on_gap({next_ - 1, *found, row.error()});
    if (*found == INT64_MAX) {
      over_ = true;
      continue;
    }
    next_ = *found;
    if (auto ready = prepare(); !ready) return ready.error();
  }
  return false;
}

// Whether the first row from `from` on can be found; its id, or INT64_MAX when there is none.
core::Result<bool> RowScan::readable(std::int64_t from, std::int64_t& id) {
  auto probe = database_.prepare("SELECT rowid FROM " + table_ + " WHERE rowid >= ? ORDER BY rowid LIMIT 1");
  if (!probe) return probe.error();
  auto row = probe->bind(1, from).step();
  if (!row) return is_damage(row.error()) ? core::Result<bool>(false) : core::Result<bool>(row.error());
  id = *row ? probe->integer(0) : INT64_MAX;
  return true;
}

// Where to go on when the row at or behind `damaged` could not be read.
core::Result<std::int64_t> RowScan::behind(std::int64_t damaged) {
  std::int64_t id = 0;
  auto found = readable(damaged, id);
  if (!found) return found.error();
  // Its page can be read, its overflow cannot.
  if (*found) return id == INT64_MAX || id < damaged ? damaged + 1 : id + 1;
  std::int64_t bad = damaged;
  std::int64_t good = damaged;
  for (std::int64_t step = 1; !*found; step *= 2) {
    if (damaged > kFarthest || step > kFarthest) return INT64_MAX;  // the last page is gone, or the way to it
    good = damaged + step;
    found = readable(good, id);
    if (!found) return found.error();
    if (!*found) bad = good;
  }
  while (good - bad > 1) {
    const std::int64_t middle = bad + (good - bad) / 2;
    found = readable(middle, id);
    if (!found) return found.error();
    (*found ? good : bad) = middle;
  }
  found = readable(good, id);
  if (!found) return found.error();
  return *found && id > damaged ? id : good;
}

}  // namespace telltale::store
