// From the command line to the daemon that is meant.
#pragma once

#include <string>

#include "daemon/cli/arguments.h"
#include "daemon/core/paths.h"
#include "daemon/net/client.h"

namespace telltale::cli {

// --url, else the socket in --run, else the first socket where a daemon of this machine could be.
[[nodiscard]] net::ClientTarget choose_target(const Arguments& arguments, const core::PathSurroundings& surroundings);
[[nodiscard]] core::Result<net::Client> connect(const Arguments& arguments);

}  // namespace telltale::cli
