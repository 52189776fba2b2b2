// telltale plugins, plugin info, plugin schema
#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/catalog.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/option_text.h"

namespace telltale::cli {

Outcome run_plugins(const Arguments& arguments, const Output& output) {
  const auto catalog = open_catalog(arguments);
  if (!catalog) return catalog.error();
  Table table({"PLUGIN", "VERSION", "WHAT IT DOES"});
  boost::json::array list;
  for (const core::PluginDescription& plugin : (*catalog)->all()) {
    table.add({plugin.name, plugin.version, plugin.summary});
    list.emplace_back(boost::json::object{{"name", plugin.name},
                                          {"version", plugin.version},
                                          {"summary", plugin.summary},
                                          {"file", plugin.file},
                                          {"interfaces", boost::json::value_from(plugin.interfaces)}});
  }
  if (arguments.json) {
    output.raw(boost::json::serialize(list) + '\n');
  } else {
    table.print(output);
  }
  const auto problems = (*catalog)->problems();
  for (const core::Error& problem : problems) output.note(problem.text());
  return problems.empty() ? kExitDone : kExitFailed;
}

namespace {

core::Result<core::PluginDescription> find_plugin(const Arguments& arguments) {
  const auto catalog = open_catalog(arguments);
  if (!catalog) return catalog.error();
  return (*catalog)->find(arguments.name);
}

}  // namespace

Outcome run_plugin_info(const Arguments& arguments, const Output& output) {
  const auto plugin = find_plugin(arguments);
  if (!plugin) return plugin.error();
  if (arguments.json) {
    output.raw(boost::json::serialize(plugin_json(*plugin)) + '\n');
    return kExitDone;
  }
  if (arguments.markdown) {
    output.raw(option_markdown(*plugin));
    return kExitDone;
  }
  output.line(plugin->name + ' ' + plugin->version + ": " + plugin->summary);
  output.line("file " + plugin->file);
  const auto needs = needs_of(*plugin);
  output.line("needs " + (needs.empty() ? "nothing beyond its options" : fmt::format("{}", fmt::join(needs, ", "))));
  output.raw("\n");
  option_table(plugin->options).print(output);
  return kExitDone;
}

Outcome run_plugin_schema(const Arguments& arguments, const Output& output) {
  const auto plugin = find_plugin(arguments);
  if (!plugin) return plugin.error();
  output.raw(boost::json::serialize(option_schema(*plugin)) + '\n');
  return kExitDone;
}

}  // namespace telltale::cli
