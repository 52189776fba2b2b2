// Writing files that the daemon's users edit: never half, never lost. Any thread; blocks on the disk.
#pragma once

#include <string>

#include <sys/types.h>

#include "daemon/core/error.h"

namespace telltale::core {

// Tells two texts of one file apart, no more.
[[nodiscard]] std::string version_of(const std::string& text);

// A new file with the owner and the mode of `model`, on the disk when this returns; what was called so is gone.
[[nodiscard]] Result<void> write_like(const std::string& path, const std::string& text, const std::string& model);
// The same with a mode, owned by whoever runs us.
[[nodiscard]] Result<void> write_new(const std::string& path, const std::string& text, mode_t mode);

// Puts `text` in the place of `path`, with the owner and the mode that it has. What stood there is kept as PATH.1 (the
// newest) to PATH.9; answers where. At no moment is there no file, or half a one. ErrorCode::kNotFound: there is none.
[[nodiscard]] Result<std::string> replace_keeping(const std::string& path, const std::string& text);

// A rename is on the disk once its directory is.
void sync_directory_of(const std::string& file);

}  // namespace telltale::core
