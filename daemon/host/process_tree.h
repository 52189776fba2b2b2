// The processes of one isolated input: its process began a session that nothing in it can leave. By what the kernel
// says in /proc. Any thread.
#pragma once

#include <cstddef>

namespace telltale::host {

// The target of a signal: a process of the session that `leader` began, or the group that it is.
[[nodiscard]] bool is_of_session(int target, int leader);

// Threads of `leader` and of what it started; counting stops at `enough`.
[[nodiscard]] std::size_t count_tasks(int leader, std::size_t enough);

}  // namespace telltale::host
