// telltaled from start to stop.
#pragma once

#include "daemon/app/options.h"

namespace telltale::app {

// Runs until a signal says stop; the result is the exit code.
[[nodiscard]] int run_daemon(const Options& options);

}  // namespace telltale::app
