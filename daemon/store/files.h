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

}  // namespace telltale::store
