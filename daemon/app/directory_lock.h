// Keeps a second daemon out of a directory: flock(2) on a file in it, let go of when the process ends, however.
#pragma once

#include <string>

#include "daemon/core/fd.h"

namespace telltale::app {

// ErrorCode::kConflict when another daemon works in that directory.
[[nodiscard]] core::Result<core::Fd> lock_directory(const std::string& directory);

}  // namespace telltale::app
