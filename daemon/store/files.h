// Names of the store's files, and their size. Pure, apart from the file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

namespace telltale::store {

[[nodiscard]] inline std::string database_path(const std::filesystem::path& state_dir) {
  return (state_dir / "history.db").string();
}
[[nodiscard]] inline std::filesystem::path journal_path(const std::filesystem::path& run_dir) {
  return run_dir / "journal";
}

// Of all regular files directly in `directory`; a file that vanishes meanwhile counts nothing.
[[nodiscard]] inline std::uint64_t bytes_in(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const auto size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

// Of the files there that are not the database's own.
[[nodiscard]] inline std::uint64_t bytes_beside(const std::filesystem::path& directory) {
  std::uint64_t own = 0;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code gone;
    const auto size = std::filesystem::file_size(database_path(directory) + suffix, gone);
    if (!gone) own += size;
  }
  const std::uint64_t all = bytes_in(directory);
  return all > own ? all - own : 0;
}

}  // namespace telltale::store
