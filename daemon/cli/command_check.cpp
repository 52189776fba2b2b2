// telltale check
#include <cstdio>

#include "daemon/cli/catalog.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/config/load.h"

namespace telltale::cli {

Outcome run_check(const Arguments& arguments, const Output& output) {
  const auto catalog = open_catalog(arguments);
  if (!catalog) return catalog.error();
  const config::Outcome loaded = config::load_file(arguments.file, **catalog);
  // Errors and warnings alike: the report is made for a terminal, and its text is escaped.
  std::fputs(loaded.report.c_str(), stderr);
  if (!loaded.config) return kExitConfig;
  output.line(arguments.file + ": the configuration is valid");
  return kExitDone;
}

}  // namespace telltale::cli
