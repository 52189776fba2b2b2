#include "daemon/host/confinement.h"

#include <algorithm>
#include <string_view>

namespace telltale::host {

namespace {

void add_path(const std::string& path, std::vector<std::string>& paths) {
  // The root would be everything: an option that names it, as the place under which /proc lies, means no such thing.
  if (path.find_first_not_of("/.") == std::string::npos) return;
  if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
}

void add_texts(const core::OptionValue& value, std::vector<std::string>& paths) {
  if (value.type == TELLTALE_VALUE_TEXT) add_path(value.text, paths);
  for (const core::OptionValue& item : value.children) add_texts(item, paths);
}

void add_paths_of(const std::vector<core::OptionSpec>& table, const core::OptionValue& value,
                  std::vector<std::string>& paths);

// A section, or a list of them.
void add_sections(const core::OptionSpec& spec, const core::OptionValue& value, std::vector<std::string>& paths) {
  if (value.type == TELLTALE_VALUE_SECTION) return add_paths_of(spec.children, value, paths);
  for (const core::OptionValue& item : value.children) add_sections(spec, item, paths);
}

void add_paths_of(const std::vector<core::OptionSpec>& table, const core::OptionValue& value,
                  std::vector<std::string>& paths) {
  for (const core::OptionValue& option : value.children) {
    const auto spec = std::find_if(table.begin(), table.end(),
                                   [&](const core::OptionSpec& each) { return each.name == option.name; });
    if (spec == table.end()) continue;
    if (spec->has(TELLTALE_OPTION_PATH)) add_texts(option, paths);
    if (!spec->children.empty()) add_sections(*spec, option, paths);
  }
}

}  // namespace

Confinement confinement_of(const core::InputConfig& config, const core::PluginDescription& plugin) {
  Confinement confinement{config.limits, plugin.needs | config.grants.needs, config.grants.read, config.grants.write};
  add_paths_of(plugin.options, config.options, confinement.read);
  return confinement;
}

}  // namespace telltale::host
