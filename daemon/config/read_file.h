// Whole small files, bounded. Called while loading.
#pragma once

#include <cstddef>
#include <string>

#include "daemon/core/error.h"

namespace telltale::config {

// A regular file of at most `limit` bytes; ErrorCode::kLimit beyond.
[[nodiscard]] core::Result<std::string> read_file(const std::string& path, std::size_t limit);

// The same, of a file that only its owner may read or write; else ErrorCode::kDenied says how to mend it.
[[nodiscard]] core::Result<std::string> read_private_file(const std::string& path, std::size_t limit);

}  // namespace telltale::config
