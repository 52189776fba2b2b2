// This machine's system calls as its headers name them; made when the daemon is built. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

namespace telltale::host {

struct NamedCall {
  std::string_view name;
  int number;
};

[[nodiscard]] std::span<const NamedCall> syscall_table();

}  // namespace telltale::host
