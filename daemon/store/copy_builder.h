// Makes a database of the pieces of a copy, and puts files beside the history into it: a backup. Nothing is on the disk
// for sure before finish(). Whoever made it; one thread; blocks on the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/copy_rows.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

// A file that a backup carries beside the history.
struct CarriedFile {
  std::string name;  // "telltale.yaml", "dashboards/hall.yaml"
  std::uint32_t mode = 0;
  std::string data;
};

class CopyBuilder {
 public:
  // `path` must not exist; it is made with mode 0600.
  [[nodiscard]] static core::Result<CopyBuilder> create(const std::string& path);

  // Pieces of any length, in order. kCorrupt: it is no copy; kConflict: a newer one; kUnavailable: who makes it gave
  // up.
  [[nodiscard]] core::Result<void> take(std::string_view bytes);
  [[nodiscard]] core::Result<void> carry(const CarriedFile& file);
  // Everything has come and is on the disk. `new_identity`: it becomes another history than the one it was copied
  // from, so that no journal of that one is taken for its own. kCorrupt: the copy is not whole.
  [[nodiscard]] core::Result<void> finish(bool new_identity);

  [[nodiscard]] std::uint64_t rows() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // What the copy says could not be read; the first hundred.
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

 private:
  CopyBuilder(std::string path, Database database) : path_(std::move(path)), database_(std::move(database)) {}
  [[nodiscard]] core::Result<bool> take_head(ByteReader& in);
  [[nodiscard]] core::Result<bool> take_record(ByteReader& in);
  [[nodiscard]] core::Result<bool> take_row(ByteReader& in, CopyRecord record);
  [[nodiscard]] core::Result<void> insert(CopyRecord record, const std::vector<CopyValue>& values);
  [[nodiscard]] core::Result<void> complete_meta();

  std::string path_;
  Database database_;
  std::string buffer_;  // a record that is not whole yet
  std::int64_t version_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  CopyRecord prepared_ = CopyRecord::kEnd;
  Statement insert_;
  std::vector<std::string> findings_;
};

// The files that the backup at `path` carries; none when it carries none.
[[nodiscard]] core::Result<std::vector<CarriedFile>> carried_files(const std::string& path);

}  // namespace telltale::store
