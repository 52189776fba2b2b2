// Whether a file is still the one that it was: by device, inode, size and time of change. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/stat.h>

namespace telltale::host {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified = 0;  // ns
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;

  // Nothing when there is no such file.
  [[nodiscard]] static std::optional<FileIdentity> of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return FileIdentity{status.st_dev, status.st_ino, status.st_size,
                        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
  }
};

}  // namespace telltale::host
