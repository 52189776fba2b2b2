#include "daemon/cli/catalog.h"

#include "daemon/host/host_paths.h"

namespace telltale::cli {

core::Result<std::unique_ptr<host::PluginFinder>> open_catalog(const Arguments& arguments) {
  std::vector<std::string> given;
  if (!arguments.plugin_directory.empty()) given.push_back(arguments.plugin_directory);
  auto program = host::find_plugin_host();
  if (!program) return program.error();
  return std::make_unique<host::PluginFinder>(host::plugin_directories(given), *program);
}

}  // namespace telltale::cli
