// sinks of sections.h: their shape is checked so that a file written for a later
// version is understood, and a warning says that this one ignores them.
#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::OptionSpec;

std::vector<const ConfigNode*> items_with_warning(const ConfigNode* node, std::string_view name, std::string_view what,
                                                  core::Diagnostics& diagnostics) {
  auto items = list_items(node, diagnostics);
  if (!items.empty()) {
    diagnostics.warning(node->key_mark, "'" + std::string(node->key) + "': " + std::string(what) +
                                            " are not available in this version; ignored");
  }
  refuse_twins(items, name, "name", diagnostics);
  return items;
}

}  // namespace

std::vector<Sink> read_sinks(const ConfigNode* node, core::Diagnostics& diagnostics) {
  OptionSpec options;  // for the list of known keys
  options.name = "options";
  options.type = TELLTALE_OPTION_SECTION;
  const std::vector<OptionSpec> table = {text_option("id", "Its name in this file.", TELLTALE_OPTION_REQUIRED),
                                         text_option("plugin", "Which plugin sends.", TELLTALE_OPTION_REQUIRED),
                                         options};
  std::vector<Sink> all;
  for (const ConfigNode* item : items_with_warning(node, "id", "sinks", diagnostics)) {
    const auto section = core::validate_options(table, without(*item, "options"), diagnostics);
    const ConfigNode* const given = item->find("options");
    if (given != nullptr && given->type != ConfigNode::Type::kMap && given->type != ConfigNode::Type::kNull) {
      diagnostics.error(given->mark, "'options' must be a section (keys with values)");
    }
    all.push_back(
        {value_of(section, "id").text, value_of(section, "plugin").text, given == nullptr ? ConfigNode{} : *given});
  }
  return all;
}

}  // namespace telltale::config
