// The command line of `telltale provision`: keys, signed configurations, and a device's rounds.
#pragma once

#include <CLI/App.hpp>

#include "daemon/cli/arguments.h"

namespace telltale::cli {

void add_provision_commands(CLI::App& app, Arguments& arguments);

}  // namespace telltale::cli
