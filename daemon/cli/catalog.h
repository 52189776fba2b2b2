// The plugins installed on this machine, for commands that need no daemon.
#pragma once

#include <memory>

#include "daemon/cli/arguments.h"
#include "daemon/core/error.h"
#include "daemon/host/plugin_finder.h"

namespace telltale::cli {

// From --plugins, else from where this program's own installation has them.
[[nodiscard]] core::Result<std::unique_ptr<host::PluginFinder>> open_catalog(const Arguments& arguments);

}  // namespace telltale::cli
