// Makes a copy of a database, as it is at one moment, piece by piece: on a read-only connection of its own, in one read
// transaction. What is damaged is left out and told, so that a copy of a damaged history is a sound one. One thread at
// a time; blocks on the disk. While it lives, the write-ahead log cannot begin anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "daemon/core/interfaces/history.h"
#include "daemon/store/block_check.h"
#include "daemon/store/copy_rows.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class CopyReader final : public core::HistoryCopy {
 public:
  // kInvalid: no history; kConflict: a newer one; kNotFound: nothing is there.
  [[nodiscard]] static core::Result<std::unique_ptr<CopyReader>> open(const std::string& path, const std::string& vfs);

  [[nodiscard]] core::Result<std::string> next() override;
  // Asked before each piece: why to end; empty: go on.
  void stop_when(std::function<std::string()> reason) { reason_ = std::move(reason); }

 private:
  explicit CopyReader(Database database) : database_(std::move(database)) {}

  [[nodiscard]] core::Result<void> begin();
  [[nodiscard]] core::Result<void> find_commits();
  [[nodiscard]] core::Result<void> fill(std::string& piece);
  [[nodiscard]] core::Result<void> put_meta(std::string& piece);
  void put_row(const CopyTable& table, std::string& piece);
  [[nodiscard]] bool keep_block(const CopyTable& table, std::string& piece);
  static void put_finding(const std::string& what, std::string& piece);

  Database database_;
  std::function<std::string()> reason_;
  std::int64_t version_ = 0;
  std::size_t table_ = 0;  // index into copy_tables(); behind them: the end was written
  std::optional<RowScan> rows_;
  std::set<std::uint64_t> commits_;  // those of the tail that are whole
  std::uint64_t lost_commits_ = 0;
  std::uint64_t count_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace telltale::store
