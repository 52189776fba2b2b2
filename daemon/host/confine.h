// What the process of an isolated instance gives up before it loads its plugin: the one place for every means of
// confinement. The order matters: limits, privileges, paths, system calls. [main]
#pragma once

#include <string>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/host/confinement.h"

namespace telltale::host {

// What this kernel could put in force.
struct Confined {
  int landlock = 0;    // version; 0: paths are not guarded
  bool calls = false;  // system calls are filtered
  core::Fd refusals;   // the filter's listener: to be handed to the daemon, and closed here
};

// Until the process ends: no privileges (no capabilities, none through exec), no core dump (it would hold secrets and
// fill the flash), memory and descriptors within limits, files private by default, paths and system calls by the
// allow-list. `plugin_file`: the directory of the library is readable. `listened`: the daemon will answer the filter.
[[nodiscard]] core::Result<Confined> confine(const Confinement& confinement, const std::string& plugin_file,
                                             bool listened);

// From here on the kernel kills this process when `parent`, which started it, ends. ErrorCode::kUnavailable: it has
// ended already.
[[nodiscard]] core::Result<void> die_with(int parent);

}  // namespace telltale::host
