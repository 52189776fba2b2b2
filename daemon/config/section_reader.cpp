#include "daemon/config/section_reader.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

using core::ConfigNode;
using core::OptionSpec;
using core::OptionValue;

OptionSpec text_option(std::string name, std::string help, std::uint32_t flags) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.help = std::move(help);
  spec.type = TELLTALE_OPTION_TEXT;
  spec.flags = flags;
  return spec;
}

OptionSpec choice_option(std::string name, std::vector<std::string> choices, std::string default_text) {
  OptionSpec spec = text_option(std::move(name), {});
  spec.choices = std::move(choices);
  spec.default_text = std::move(default_text);
  return spec;
}

OptionSpec bool_option(std::string name, std::string help, std::string default_text) {
  OptionSpec option;
  option.name = std::move(name);
  option.help = std::move(help);
  option.default_text = std::move(default_text);
  option.type = TELLTALE_OPTION_BOOL;
  return option;
}

OptionSpec section_option(std::string name, std::vector<OptionSpec> inner) {
  OptionSpec option;
  option.name = std::move(name);
  option.children = std::move(inner);
  option.type = TELLTALE_OPTION_SECTION;
  return option;
}

OptionSpec with_help(OptionSpec spec, std::string help, std::uint32_t flags) {
  spec.help = std::move(help);
  spec.flags |= flags;
  return spec;
}

OptionSpec ranged_option(std::string name, std::uint32_t type, std::string default_text, double minimum,
                         double maximum) {
  OptionSpec spec = text_option(std::move(name), {});
  spec.type = type;
  spec.default_text = std::move(default_text);
  spec.minimum = minimum;
  spec.maximum = maximum;
  return spec;
}

const OptionValue& value_of(const OptionValue& section, std::string_view name) {
  static const OptionValue kNothing;  // of a section that was refused as a whole
  const auto found = std::find_if(section.children.begin(), section.children.end(),
                                  [&](const OptionValue& child) { return child.name == name; });
  return found == section.children.end() ? kNothing : *found;
}

OptionValue read_section(const std::vector<OptionSpec>& table, const ConfigNode* node, core::Diagnostics& diagnostics) {
  return core::validate_options(table, node != nullptr ? *node : ConfigNode{}, diagnostics);
}

std::vector<const ConfigNode*> list_items(const ConfigNode* node, core::Diagnostics& diagnostics) {
  std::vector<const ConfigNode*> items;
  if (node == nullptr || node->type == ConfigNode::Type::kNull) return items;
  if (node->type == ConfigNode::Type::kMap) return {node};
  if (node->type != ConfigNode::Type::kSequence) {
    diagnostics.error(node->mark, "'" + node->key + "' must be a list of sections, each after a '-'");
    return items;
  }
  for (const ConfigNode& item : node->children) {
    if (item.type == ConfigNode::Type::kMap) {
      items.push_back(&item);
    } else {
      diagnostics.error(item.mark, "an item of '" + node->key + "' must be a section (keys with values)");
    }
  }
  return items;
}

std::vector<const ConfigNode*> named_items(const ConfigNode* node, std::string_view name, std::size_t most,
                                           std::string_view what, core::Diagnostics& diagnostics) {
  auto items = list_items(node, diagnostics);
  refuse_twins(items, name, name, diagnostics);
  if (items.size() <= most) return items;
  diagnostics.error(node->mark, "at most " + std::to_string(most) + " " + std::string(what));
  return {};
}

core::SourceMark mark_of(const ConfigNode& section, std::string_view name) {
  const ConfigNode* const item = section.find(name);
  return item == nullptr ? section.mark : item->mark;
}

ConfigNode without(const ConfigNode& section, std::string_view name) {
  ConfigNode copy = section;
  std::erase_if(copy.children, [&](const ConfigNode& item) { return item.key == name; });
  return copy;
}

void refuse_twins(const std::vector<const ConfigNode*>& sections, std::string_view name, std::string_view what,
                  core::Diagnostics& diagnostics) {
  std::map<std::string_view, int> lines;
  for (const ConfigNode* section : sections) {
    const ConfigNode* const item = section->find(name);
    if (item == nullptr || item->type != ConfigNode::Type::kScalar) continue;
    const auto [first, is_new] = lines.try_emplace(item->scalar, item->mark.line);
    if (is_new) continue;
    diagnostics.error(item->mark, "the " + std::string(what) + " '" +
                                      core::escape_line(core::cut_utf8(item->scalar, 64)) +
                                      "' is used twice; first in line " + std::to_string(first->second));
  }
}

bool is_id(std::string_view text) {
  const auto first = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto word = [&](char c) { return first(c) || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= 64 && first(text.front()) && std::all_of(text.begin(), text.end(), word);
}

}  // namespace telltale::config
