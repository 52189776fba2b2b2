// Where the daemon keeps its state and its run directory when nobody says so: one rule for the daemon and its tools.
// Any thread; no state.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "daemon/core/error.h"

namespace telltale::core {

// What the rule looks at. A test fills it with places of its own.
struct PathSurroundings {
  uid_t user = 0;
  std::string runtime_directory;  // $XDG_RUNTIME_DIR, or empty
  std::string data_directory;     // $XDG_DATA_HOME, else $HOME/.local/share, or empty
  std::string system_run = "/run/telltale";
  std::string system_state = "/var/lib/telltale";
  std::string temporary = "/tmp";

  [[nodiscard]] static PathSurroundings of_this_process();
};

// The daemon's run directory (journal, rings, socket): /run/telltale for root or whoever may write there, else
// $XDG_RUNTIME_DIR/telltale, else /tmp/telltale-UID. Made with mode 0750 (0700 under /tmp) when it is missing.
// ErrorCode::kDenied when the one under /tmp exists and is somebody else's, no directory, or open to others.
[[nodiscard]] Result<std::string> make_run_directory(const PathSurroundings& surroundings);

// Where a tool looks for a running daemon, best first. One under /tmp is named only when it is safe to use.
[[nodiscard]] std::vector<std::string> run_directory_candidates(const PathSurroundings& surroundings);

// State of an installed daemon, started with a configuration: /var/lib/telltale for root or whoever may write there,
// else as without one.
[[nodiscard]] Result<std::string> state_directory(const PathSurroundings& surroundings);
// State of a daemon that a user starts without a configuration: telltale under the user's data directory. Neither is
// made. ErrorCode::kUnavailable when the user has no home.
[[nodiscard]] Result<std::string> user_state_directory(const PathSurroundings& surroundings);

// The socket that a daemon's tools talk to.
[[nodiscard]] std::string api_socket_path(const std::string& run_directory);

}  // namespace telltale::core
