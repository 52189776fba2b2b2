// Landlock (kernel 5.13 and later): which paths the calling process may open from now on. By raw system calls, with
// the rights that this kernel knows of.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/core/error.h"

namespace telltale::host {

struct PathRule {
  std::string path;
  std::uint64_t rights = 0;
};

// Rights of a rule; those that this kernel does not know are left out.
inline constexpr std::uint64_t kReadFiles = (std::uint64_t{1} << 2U) | (std::uint64_t{1} << 3U);
inline constexpr std::uint64_t kWriteFiles = std::uint64_t{1} << 1U | std::uint64_t{1} << 14U;  // what is there
inline constexpr std::uint64_t kExecuteFiles = std::uint64_t{1} << 0U;
inline constexpr std::uint64_t kControlDevices = std::uint64_t{1} << 15U;                 // ioctl
inline constexpr std::uint64_t kChangeDirectories = std::uint64_t{0b11'0111'1011} << 4U;  // no device nodes

// The version of the kernel's interface; 0: it has none, or it is not switched on.
[[nodiscard]] int landlock_version();

// Nothing but what the rules name; rules whose path is not there are left out. `local_sockets`: abstract Unix sockets
// of others may be connected to. no_new_privs is set; landlock_version() is not 0. [main]
[[nodiscard]] core::Result<void> restrict_paths(std::span<const PathRule> rules, bool local_sockets);

}  // namespace telltale::host
