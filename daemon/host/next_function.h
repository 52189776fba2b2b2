// The C library's own function behind one that this program puts in front of it.
#pragma once

namespace telltale::host {

// Never null for a function that the C library has. Any thread.
[[nodiscard]] void* next_function(const char* name);

}  // namespace telltale::host
