// Names of ring files, and which of them lie in a directory. Any thread; no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::host {

struct RingFile {
  std::string input;
  std::uint64_t generation = 0;
  std::string path;
};

// `plc.3.ring`. Bytes of the id other than letters, digits, `_` and `-` are written %XX, so that no id leaves the
// directory. ErrorCode::kInvalid for an empty id, or one that is too long for a file name.
[[nodiscard]] core::Result<std::string> ring_file_name(std::string_view input, std::uint64_t generation);
[[nodiscard]] std::optional<RingFile> parse_ring_file_name(std::string_view name);

// Makes the directory (mode 0700) when it is missing.
[[nodiscard]] core::Result<void> make_ring_directory(const std::string& directory);
// The rings in it, by input, older generations first; other files are passed over.
[[nodiscard]] core::Result<std::vector<RingFile>> list_rings(const std::string& directory);

}  // namespace telltale::host
