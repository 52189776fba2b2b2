// Where plugins and telltale-plugin-host lie, relative to the running program: beside it in a build tree, in
// ../lib/telltale when installed. Any thread.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::host {

// `given` first, then those in $TELLTALE_PLUGIN_PATH (separated by colons), then ../lib/telltale/plugins from the
// program's own directory, then /usr/local/lib/telltale/plugins and /usr/lib/telltale/plugins. Those that exist, each
// once.
[[nodiscard]] std::vector<std::string> plugin_directories(const std::vector<std::string>& given = {});

// Beside the program, else in ../lib/telltale, else in /usr/lib/telltale. ErrorCode::kNotFound says where it was looked
// for.
[[nodiscard]] core::Result<std::string> find_plugin_host();
// Another of our programs, likewise.
[[nodiscard]] core::Result<std::string> find_own_program(const std::string& name);

}  // namespace telltale::host
