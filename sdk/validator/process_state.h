// What belongs to the whole process, and a plugin must leave as it is. In the case's process.
#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace telltale::validator {

// A descriptor by what is behind it.
struct OpenFile {
  int fd = -1;
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const OpenFile&, const OpenFile&) = default;
};

struct ProcessState {
  std::array<void*, 65> handlers{};  // of signals
  sigset_t blocked{};
  std::string directory;
  mode_t umask = 0;
  std::string locale;
  std::vector<std::string> environment;  // sorted
  std::vector<OpenFile> standard_streams;
  [[nodiscard]] static ProcessState now();
};

[[nodiscard]] OpenFile open_file(int fd);
[[nodiscard]] std::size_t count_descriptors();
[[nodiscard]] std::size_t count_threads();
// Bytes that malloc has given out; 0 when that cannot be known.
[[nodiscard]] std::size_t allocated_bytes();
// Bytes of private memory in use.
[[nodiscard]] std::size_t resident_bytes();

}  // namespace telltale::validator
