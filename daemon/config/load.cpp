#include "daemon/config/load.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/config/dashboards.h"
#include "daemon/config/prescan.h"
#include "daemon/config/read_file.h"
#include "daemon/config/sections.h"
#include "daemon/config/yaml_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;

const std::vector<std::string>& known_sections() {
  static const std::vector<std::string> kNames = {"device",  "server", "storage", "windows", "counters",  "inputs",
                                                  "derived", "rules",  "notify",  "sinks",   "dashboards"};
  return kNames;
}

void refuse_unknown_sections(const ConfigNode& root, core::Diagnostics& diagnostics) {
  const auto& known = known_sections();
  for (const ConfigNode& item : root.children) {
    if (std::find(known.begin(), known.end(), item.key) != known.end()) continue;
    const bool suggest = diagnostics.items().size() < 100;
    const std::string nearest = suggest ? core::nearest_word(item.key, known) : std::string();
    std::string message = "unknown key '" + core::escape_line(core::cut_utf8(item.key, 64)) + "'";
    message +=
        nearest.empty() ? fmt::format("; known here: {}", fmt::join(known, ", ")) : "; did you mean '" + nearest + "'?";
    diagnostics.error(item.key_mark, std::move(message));
  }
}

Config read_config(const ConfigNode& root, core::PluginCatalog& plugins, core::Diagnostics& diagnostics) {
  refuse_unknown_sections(root, diagnostics);
  Config config;
  config.device = read_device(root.find("device"), diagnostics);
  config.server = read_server(root.find("server"), diagnostics);
  config.storage = read_storage(root.find("storage"), diagnostics);
  config.windows = read_windows(root, diagnostics);
  config.counters = read_counters(root.find("counters"), diagnostics);
  config.inputs = read_inputs(root.find("inputs"), plugins, diagnostics);
  const auto last = std::max_element(config.windows.begin(), config.windows.end());
  const core::Duration longest = last == config.windows.end() ? core::Duration{} : *last;
  config.derived = read_derived(root.find("derived"), longest, diagnostics);
  config.rules = read_rules(root.find("rules"), longest, diagnostics);
  config.notify = read_notify(root.find("notify"), diagnostics);
  check_notified(root.find("rules"), config.notify, diagnostics);
  config.sinks = read_sinks(root.find("sinks"), config.inputs, plugins, diagnostics);
  config.dashboards = read_dashboards(root.find("dashboards"), diagnostics);
  return config;
}

// A value whose secret is missing is not also of the wrong type.
void append_where_new(core::Diagnostics& to, const core::Diagnostics& from) {
  std::set<std::pair<int, int>> places;
  for (const auto& item : to.items()) places.emplace(item.mark.line, item.mark.column);
  to.append_if(from, [&](const core::Diagnostic& item) {
    return item.mark.line == 0 || !places.contains({item.mark.line, item.mark.column});
  });
}

std::optional<Config> load_text(std::string_view text, const SecretSources& secrets, core::PluginCatalog& plugins,
                                core::Diagnostics& diagnostics) {
  auto root = read_yaml(text, diagnostics);
  if (!root) return std::nullopt;
  if (root->type != ConfigNode::Type::kMap && root->type != ConfigNode::Type::kNull) {
    diagnostics.error(root->mark, "a configuration is keys with values, such as 'inputs:'");
    return std::nullopt;
  }
  resolve_secrets(*root, secrets, diagnostics);
  core::Diagnostics of_content;
  Config config = read_config(*root, plugins, of_content);
  append_where_new(diagnostics, of_content);
  if (diagnostics.has_errors()) return std::nullopt;
  return config;
}

}  // namespace

core::Result<Source> read_source(const std::string& path) {
  auto text = read_file(path, kMaxFileBytes);
  if (!text) return text.error();
  return Source{path, std::move(*text)};
}

Outcome load(const Source& source, const SecretSources& secrets, core::PluginCatalog& plugins) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view text = source.text;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  Outcome outcome;
  outcome.config = load_text(text, secrets, plugins, outcome.diagnostics);
  outcome.report = outcome.diagnostics.render(source.name, text);
  return outcome;
}

Outcome load_file(const std::string& path, core::PluginCatalog& plugins) {
  const auto source = read_source(path);
  if (source) return load(*source, SecretSources::of_process(path), plugins);
  Outcome outcome;
  core::Error error = source.error();
  error.context.clear();  // the report names the file
  outcome.diagnostics.error({}, error.text());
  outcome.report = outcome.diagnostics.render(path, "");
  return outcome;
}

}  // namespace telltale::config
