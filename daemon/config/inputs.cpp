// inputs of sections.h.
#include <utility>

#include <fmt/format.h>

#include <telltale/plugin.h>

#include "daemon/config/instance_section.h"
#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;

constexpr std::size_t kMaxInputs = 256;
constexpr std::string_view kPostedId = "write";  // the input that posted readings are shown under
constexpr std::string_view kDerivedId = "derived";
constexpr std::string_view kAlarmsId = "alarms";

void check_id(const ConfigNode& node, const std::string& id, core::Diagnostics& diagnostics) {
  if (id.empty() && node.find("id") == nullptr) return;  // missing: said already
  if (!is_id(id)) {
    diagnostics.error(
        mark_in(node, "id"),
        "an input's id is up to 64 small letters, digits, '_' and '-', and begins with a letter or digit");
  } else if (id == kPostedId) {
    diagnostics.error(mark_in(node, "id"), "the id 'write' is taken: posted readings are shown under it");
  } else if (id == kDerivedId || id == kAlarmsId) {
    diagnostics.error(mark_in(node, "id"), "the id '" + id + "' is taken: what the daemon makes is shown under it");
  }
}

std::vector<core::OptionSpec> input_table() {
  std::vector<core::OptionSpec> table = instance_table();
  table.push_back(bool_option("writable", "Its outputs may be set.", "false"));
  return table;
}

Input read_input(const ConfigNode& node, core::PluginCatalog& plugins, core::Diagnostics& diagnostics) {
  const ConfigNode rest = without(node, "options");
  const auto section = core::validate_options(input_table(), rest, diagnostics);
  Input input;
  input.mark = node.mark;
  input.config.writable = value_of(section, "writable").integer != 0;
  read_instance(node, section, input.config, plugins, Role::kInput, diagnostics);
  check_id(node, input.config.id, diagnostics);
  return input;
}

}  // namespace

std::vector<Input> read_inputs(const ConfigNode* node, core::PluginCatalog& plugins, core::Diagnostics& diagnostics) {
  const auto items = list_items(node, diagnostics);
  std::vector<Input> inputs;
  if (items.size() > kMaxInputs) {
    diagnostics.error(items[kMaxInputs]->mark, fmt::format("more than {} inputs", kMaxInputs));
    return inputs;
  }
  for (const ConfigNode* item : items) inputs.push_back(read_input(*item, plugins, diagnostics));
  refuse_twins(items, "id", "input id", diagnostics);
  return inputs;
}

}  // namespace telltale::config
