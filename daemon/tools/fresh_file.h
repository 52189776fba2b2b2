// A file that appears whole or not at all: written beside its place, synced, then renamed. What was there is not
// overwritten unless that is asked for. One thread; blocks on the disk.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"

namespace telltale::tools {

class FreshFile {
 public:
  enum class Existing { kRefuse, kReplace };

  // kConflict: something is there already. Nothing is made yet.
  [[nodiscard]] static core::Result<FreshFile> at(const std::string& path, Existing existing);
  FreshFile(FreshFile&& other) noexcept;
  FreshFile& operator=(FreshFile&&) = delete;
  FreshFile(const FreshFile&) = delete;
  FreshFile& operator=(const FreshFile&) = delete;
  // Without keep() nothing is left.
  ~FreshFile();

  // Where it is written until it is kept; for who makes that file by other means.
  [[nodiscard]] const std::string& temporary() const { return temporary_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  // Makes the temporary file, and writes to it.
  [[nodiscard]] core::Result<void> create(mode_t mode);
  [[nodiscard]] core::Result<void> write(std::string_view bytes);
  // Syncs it and gives it its name. kConflict: somebody made one of that name meanwhile.
  [[nodiscard]] core::Result<void> keep();

 private:
  FreshFile(std::string path, std::string temporary, Existing existing)
      : path_(std::move(path)), temporary_(std::move(temporary)), existing_(existing) {}

  std::string path_;
  std::string temporary_;  // empty: kept, or moved from
  Existing existing_;
  core::Fd file_;
};

// A rename is on the disk once its directory is.
[[nodiscard]] core::Result<void> sync_directory(const std::string& directory);
// The directory of a path: "." when it names none.
[[nodiscard]] std::string directory_of(const std::string& path);
// A whole small file. kNotFound: there is none; kLimit: it is larger than `most`.
[[nodiscard]] core::Result<std::string> read_small_file(const std::string& path, std::size_t most);

}  // namespace telltale::tools
