// The command line of what is done to the store: verify, backup, restore, export, import, doctor, support.
#pragma once

#include <CLI/App.hpp>

#include "daemon/cli/arguments.h"

namespace telltale::cli {

void add_store_commands(CLI::App& app, Arguments& arguments);

}  // namespace telltale::cli
