// The names of this machine's system calls, taken from its headers when the daemon is built. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace telltale::host {

// "openat"; "system call 9999" for one that the headers did not know.
[[nodiscard]] std::string syscall_name(int number);
// -1: this machine has none of that name.
[[nodiscard]] int syscall_number(std::string_view name);

}  // namespace telltale::host
