// Looks at a library's file before the dynamic linker does: says in the user's words what the linker would say in its
// own, and refuses a file that is cut off, over which the linker would crash. Any thread.
#pragma once

#include <string>

#include "daemon/core/error.h"

namespace telltale::host {

// ErrorCode::kInvalid: no library, of another machine, or cut off; the file is the error's context.
[[nodiscard]] core::Result<void> check_elf(const std::string& file);

}  // namespace telltale::host
