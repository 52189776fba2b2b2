#include "daemon/cli/probe_options.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"

namespace telltale::cli {

namespace {

using core::ConfigNode;
using core::OptionSpec;

bool is_key(std::string_view text) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && small(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return small(c) || (c >= '0' && c <= '9') || c == '_'; });
}

const OptionSpec* option_called(const std::vector<OptionSpec>& table, std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const OptionSpec& each) { return each.name == name; });
  return found != table.end() ? &*found : nullptr;
}

// What a bare word is meant for.
const OptionSpec* first_place(const std::vector<OptionSpec>& table) {
  const auto found = std::find_if(table.begin(), table.end(), [](const OptionSpec& each) {
    return each.type == TELLTALE_OPTION_TEXT && !each.has(TELLTALE_OPTION_LIST);
  });
  return found != table.end() ? &*found : nullptr;
}

ConfigNode scalar(std::string name, std::string value, int number) {
  ConfigNode node;
  node.type = ConfigNode::Type::kScalar;
  node.mark = node.key_mark = {number, 1};
  node.key = std::move(name);
  node.scalar = std::move(value);
  return node;
}

void add(ConfigNode& section, const OptionSpec* spec, ConfigNode item) {
  const auto there = std::find_if(section.children.begin(), section.children.end(),
                                  [&](const ConfigNode& each) { return each.key == item.key; });
  if (spec == nullptr || !spec->has(TELLTALE_OPTION_LIST)) {
    // The last one counts, as of any option of a program.
    if (there == section.children.end()) {
      section.children.push_back(std::move(item));
    } else {
      *there = std::move(item);
    }
    return;
  }
  if (there != section.children.end()) {
    there->children.push_back(std::move(item));
    return;
  }
  ConfigNode list;
  list.type = ConfigNode::Type::kSequence;
  list.mark = list.key_mark = item.mark;
  list.key = item.key;
  list.children.push_back(std::move(item));
  section.children.push_back(std::move(list));
}

core::Error invalid(std::string why) { return core::make_error(core::ErrorCode::kInvalid, std::move(why)); }

}  // namespace

core::Result<core::OptionValue> probe_options(const std::vector<OptionSpec>& table,
                                              const std::vector<std::string>& arguments) {
  ConfigNode section;
  section.type = ConfigNode::Type::kMap;
  section.mark = {1, 1};
  int number = 0;
  bool has_bare_word = false;
  for (const std::string& argument : arguments) {
    ++number;
    const auto equals = argument.find('=');
    if (equals != std::string::npos && is_key(std::string_view(argument).substr(0, equals))) {
      std::string key = argument.substr(0, equals);
      const OptionSpec* spec = option_called(table, key);
      add(section, spec, scalar(std::move(key), argument.substr(equals + 1), number));
      continue;
    }
    const OptionSpec* place = first_place(table);
    if (place == nullptr) return invalid("'" + argument + "' is not like KEY=VALUE");
    if (std::exchange(has_bare_word, true)) {
      return invalid("'" + argument + "' is not like KEY=VALUE, and " + place->name + " was given already");
    }
    add(section, nullptr, scalar(place->name, argument, number));
  }
  core::Diagnostics diagnostics;
  core::OptionValue options = core::validate_options(table, section, diagnostics);
  std::string mistakes;
  for (const core::Diagnostic& each : diagnostics.items()) {
    if (each.severity != core::Diagnostic::Severity::kError) continue;
    mistakes += (mistakes.empty() ? "" : "; ") + each.message;
  }
  if (!mistakes.empty()) return invalid(std::move(mistakes));
  return options;
}

}  // namespace telltale::cli
