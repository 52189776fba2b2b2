// Where the history and the configuration of a daemon on this machine lie, for commands that work on files.
#pragma once

#include <string>

#include "daemon/cli/arguments.h"
#include "daemon/core/error.h"

namespace telltale::cli {

struct DaemonFiles {
  std::string state;      // directory
  std::string config;     // empty: it has none
  bool answered = false;  // a running daemon says so
};

// What a running daemon says over its own socket; else --state, else where an installed daemon, or this user's, would
// have them. kDenied: it runs, but this user may not ask it.
[[nodiscard]] core::Result<DaemonFiles> find_daemon_files(const Arguments& arguments);

}  // namespace telltale::cli
