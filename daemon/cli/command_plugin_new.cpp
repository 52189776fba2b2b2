// telltale plugin new
#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/scaffold.h"

namespace telltale::cli {

Outcome run_plugin_new(const Arguments& arguments, const Output& output) {
  const auto from = find_template();
  if (!from) return from.error();
  const auto made = make_scaffold(arguments.name, arguments.directory, *from);
  if (!made) return made.error();
  output.line("made " + *made);
  output.raw("Next:\n");
  output.line("  cd " + *made);
  output.raw("  cmake -B build && cmake --build build\n");
  output.raw("  ctest --test-dir build --output-on-failure\n");
  output.raw("  TELLTALE_PLUGIN_PATH=$PWD/build telltaled --config config.example.yaml\n");
  output.raw(fmt::format("Then make src/{}.cpp read your sensor; README.md says the rest.\n", arguments.name));
  return kExitDone;
}

}  // namespace telltale::cli
