// Writing files that the daemon's users edit: never half, never lost. Any thread; blocks on the disk.
#pragma once

#include <string>

#include <sys/types.h>

#include "daemon/core/error.h"

namespace telltale::app {

// Tells two texts of one file apart, no more.
[[nodiscard]] std::string version_of(const std::string& text);

// A new file with the owner and the mode of `model`, on the disk when this returns; what was called so is gone.
[[nodiscard]] core::Result<void> write_like(const std::string& path, const std::string& text, const std::string& model);
// The same with a mode, owned by whoever runs the daemon.
[[nodiscard]] core::Result<void> write_new(const std::string& path, const std::string& text, mode_t mode);

// A rename is on the disk once its directory is.
void sync_directory_of(const std::string& file);

}  // namespace telltale::app
