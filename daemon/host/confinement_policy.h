// The rules of system calls that a confinement means: the same in the process, which makes its filter of them, and in
// the daemon, which answers it. Pure.
#pragma once

#include "daemon/host/confinement.h"
#include "daemon/host/sanitizers.h"
#include "daemon/host/syscall_policy.h"

namespace telltale::host {

[[nodiscard]] inline CallPolicy policy_of(const Confinement& confinement, bool paths_guarded, int process, bool asks) {
  CallPolicy policy;
  policy.needs = confinement.needs;
  policy.writes = !confinement.write.empty();
  policy.paths_guarded = paths_guarded;
  policy.self = process;
  policy.asks = asks;
  policy.for_sanitizer = kSanitized;
  return policy;
}

}  // namespace telltale::host
