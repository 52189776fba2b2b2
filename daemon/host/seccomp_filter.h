// Makes a program of the kernel's filter of system calls (seccomp(2)) from rules, and puts it in force.
#pragma once

#include <span>
#include <vector>

#include <linux/filter.h>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/host/syscall_policy.h"

namespace telltale::host {

// `reports`: what is refused or asked goes to the listener; else it is EPERM at once. Pure. ErrorCode::kLimit: the
// rules do not fit into one program.
[[nodiscard]] core::Result<std::vector<sock_filter>> compile_filter(std::span<const CallRule> rules, bool reports);

struct FilterInForce {
  core::Fd listener;      // for whoever answers (refusal_listener.h); not valid: refusals are not named
  bool in_force = false;  // false: this kernel has no filter
};

// For the calling thread and those it makes from now on; no_new_privs is set. Where no listener is wanted or can be
// had, the rules of `without_listener` hold. [main]
[[nodiscard]] core::Result<FilterInForce> enforce_filter(std::span<const CallRule> rules,
                                                         std::span<const CallRule> without_listener, bool listened);

}  // namespace telltale::host
