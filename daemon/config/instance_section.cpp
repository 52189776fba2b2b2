#include "daemon/config/instance_section.h"

#include <fmt/format.h>

#include <telltale/plugin.h>

#include "daemon/config/section_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;

constexpr std::string_view kSinkInterface = "telltale.sink/1";  // of the ABI, which never changes

void refuse_plugin(const ConfigNode& node, const std::string& plugin, const core::Error& error,
                   core::PluginCatalog& plugins, core::Diagnostics& diagnostics) {
  const std::string shown = core::escape_line(core::cut_utf8(plugin, 64));
  if (error.code != core::ErrorCode::kNotFound) {
    diagnostics.error(mark_in(node, "plugin"), "the plugin '" + shown + "' cannot be used: " + error.text());
    return;
  }
  const auto names = plugins.names();
  const std::string nearest = core::nearest_word(plugin, names);
  std::string message = "there is no plugin '" + shown + "'";
  if (!nearest.empty()) {
    message += "; did you mean '" + nearest + "'?";
  } else if (!names.empty()) {
    message += fmt::format("; installed: {}", fmt::join(names, ", "));
  }
  diagnostics.error(mark_in(node, "plugin"), std::move(message));
}

core::OptionValue read_options(const ConfigNode& node, const core::PluginDescription& plugin,
                               core::Diagnostics& diagnostics) {
  const ConfigNode* const given = node.find("options");
  if (given != nullptr) return core::validate_options(plugin.options, *given, diagnostics);
  ConfigNode nothing;
  nothing.mark = mark_in(node, "plugin");
  return core::validate_options(plugin.options, nothing, diagnostics);
}

core::InputLimits read_limits(const core::OptionValue& section) {
  core::InputLimits limits;
  if (section.children.empty()) return limits;  // not given
  limits.memory = static_cast<std::uint64_t>(value_of(section, "memory").integer);
  limits.files = static_cast<std::uint32_t>(value_of(section, "files").integer);
  limits.processes = static_cast<std::uint32_t>(value_of(section, "processes").integer);
  return limits;
}

std::vector<std::string> read_paths(const core::OptionValue& list, const ConfigNode& place,
                                    core::Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  for (const core::OptionValue& item : list.children) {
    if (item.text.empty() || item.text.front() != '/') {
      diagnostics.error(mark_in(place, list.name), "'" + core::escape_line(core::cut_utf8(item.text, 64)) +
                                                       "' is no absolute path: it must begin with '/'");
    }
    paths.push_back(item.text);
  }
  return paths;
}

core::InputGrants read_grants(const core::OptionValue& section, const ConfigNode& node,
                              core::Diagnostics& diagnostics) {
  static constexpr std::pair<std::string_view, std::uint32_t> kNeeds[] = {
      {"network", TELLTALE_NEEDS_NETWORK},
      {"devices", TELLTALE_NEEDS_DEVICES},
      {"processes", TELLTALE_NEEDS_PROCESSES},
      {"local_sockets", TELLTALE_NEEDS_LOCAL_SOCKETS},
  };
  const ConfigNode* const given = node.find("allow");
  const ConfigNode& place = given == nullptr ? node : *given;
  core::InputGrants grants;
  if (section.children.empty()) return grants;  // not given
  grants.read = read_paths(value_of(section, "read"), place, diagnostics);
  grants.write = read_paths(value_of(section, "write"), place, diagnostics);
  for (const auto& [name, need] : kNeeds) {
    if (value_of(section, name).integer != 0) grants.needs |= need;
  }
  return grants;
}

}  // namespace

core::SourceMark mark_in(const ConfigNode& section, std::string_view name) {
  const ConfigNode* const item = section.find(name);
  return item == nullptr ? section.mark : item->mark;
}

std::vector<core::OptionSpec> instance_table() {
  constexpr std::uint32_t kPaths = TELLTALE_OPTION_LIST | TELLTALE_OPTION_PATH;
  core::OptionSpec options;  // for the list of known keys: the plugin's table validates it
  options.name = "options";
  options.type = TELLTALE_OPTION_SECTION;
  return {text_option("id", "Its name in this file.", TELLTALE_OPTION_REQUIRED),
          text_option("plugin", "Which plugin does the work.", TELLTALE_OPTION_REQUIRED),
          choice_option("isolation", {"process", "none"}, "process"),
          section_option("limits", {ranged_option("memory", TELLTALE_OPTION_SIZE, "256MB", 32e6, 1e12),
                                    ranged_option("files", TELLTALE_OPTION_INT, "256", 32, 65'536),
                                    ranged_option("processes", TELLTALE_OPTION_INT, "64", 4, 4'096)}),
          section_option("allow", {text_option("read", "Paths it may read.", kPaths),
                                   text_option("write", "Paths it may write.", kPaths),
                                   bool_option("network", "Sockets of the network.", "false"),
                                   bool_option("devices", "Devices below /dev.", "false"),
                                   bool_option("processes", "Starting programs.", "false"),
                                   bool_option("local_sockets", "Unix sockets of other programs.", "false")}),
          std::move(options)};
}

void read_instance(const ConfigNode& node, const core::OptionValue& section, core::InputConfig& config,
                   core::PluginCatalog& plugins, Role role, core::Diagnostics& diagnostics) {
  config.id = value_of(section, "id").text;
  config.plugin = value_of(section, "plugin").text;
  config.isolated = value_of(section, "isolation").text != "none";
  config.limits = read_limits(value_of(section, "limits"));
  config.grants = read_grants(value_of(section, "allow"), node, diagnostics);
  if (config.plugin.empty()) {
    if (node.find("plugin") != nullptr && node.find("plugin")->type == ConfigNode::Type::kScalar) {
      diagnostics.error(mark_in(node, "plugin"), "'plugin' is empty");
    }
    return;
  }
  const auto plugin = plugins.find(config.plugin);
  if (!plugin) return refuse_plugin(node, config.plugin, plugin.error(), plugins, diagnostics);
  if (plugin->offers(kSinkInterface) != (role == Role::kSink)) {
    diagnostics.error(mark_in(node, "plugin"),
                      role == Role::kSink ? "the plugin '" + plugin->name + "' is an input: it sends nothing out"
                                          : "the plugin '" + plugin->name + "' is a sink: put it below 'sinks:'");
    return;
  }
  config.options = read_options(node, *plugin, diagnostics);
}

}  // namespace telltale::config
