#include "plugins/modbus/profile/yaml_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include <yaml-cpp/yaml.h>

#include <telltale/cpp/host.hpp>

namespace telltale::modbus {
namespace {

bool read_number(std::string_view text, double& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with("0x")) {
    std::uint64_t whole = 0;
    const auto parsed = std::from_chars(text.data() + 2, text.data() + text.size(), whole, 16);
    number = static_cast<double>(whole);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  }
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

// "250ms", "10s", … in nanoseconds.
bool read_duration(std::string_view text, double& number) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
      {{"ms", 1e6}, {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}, {"d", 8.64e13}}};
  for (const auto& [word, factor] : kUnits) {
    if (!text.ends_with(word) || !read_number(text.substr(0, text.size() - word.size()), number)) continue;
    number *= factor;
    return true;
  }
  return false;
}

}  // namespace

YamlOptions::YamlOptions(std::span<const telltale_option> table, const YAML::Node& node, std::string file)
    : file_(std::move(file)), root_(section(table, node)) {}

void YamlOptions::refuse(const YAML::Node& node, const std::string& reason) const {
  const int line = node.Mark().line + 1;
  throw ConfigError(file_ + ":" + std::to_string(std::max(line, 1)) + ": " + reason);
}

telltale_value YamlOptions::section(std::span<const telltale_option> table, const YAML::Node& node) {
  if (!node.IsMap()) refuse(node, "keys with values are expected");
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    const auto is_it = [&key](const telltale_option& option) { return to_view(option.name) == key; };
    if (std::none_of(table.begin(), table.end(), is_it)) refuse(entry.first, "unknown key '" + key + "'");
  }
  std::vector<telltale_value> children;
  for (const telltale_option& option : table) {
    const YAML::Node given = node[std::string(to_view(option.name))];
    telltale_value child{};
    if (given.IsDefined() && !given.IsNull()) {
      child = value(option, given);
    } else if ((option.flags & TELLTALE_OPTION_REQUIRED) != 0) {
      refuse(node, "'" + std::string(to_view(option.name)) + "' is missing");
    } else if (option.default_text.size != 0) {
      child = value(option, YAML::Load(std::string(to_view(option.default_text))));
    }
    child.name = option.name;
    children.push_back(child);
  }
  telltale_value made{};
  made.type = TELLTALE_VALUE_SECTION;
  made.child_count = static_cast<std::uint32_t>(children.size());
  made.children = values_.emplace_back(std::move(children)).data();
  return made;
}

telltale_value YamlOptions::value(const telltale_option& option, const YAML::Node& node) {
  if ((option.flags & TELLTALE_OPTION_LIST) != 0) return list(option, node);
  if (option.type == TELLTALE_OPTION_SECTION) return section({option.children, option.child_count}, node);
  return scalar(option, node);
}

telltale_value YamlOptions::list(const telltale_option& option, const YAML::Node& node) {
  std::vector<telltale_value> items;
  const auto item = [&](const YAML::Node& each) {
    items.push_back(option.type == TELLTALE_OPTION_SECTION ? section({option.children, option.child_count}, each)
                                                           : scalar(option, each));
  };
  if (node.IsSequence()) {
    for (const YAML::Node& each : node) item(each);
  } else {
    item(node);
  }
  telltale_value made{};
  made.type = TELLTALE_VALUE_LIST;
  made.child_count = static_cast<std::uint32_t>(items.size());
  made.children = values_.emplace_back(std::move(items)).data();
  return made;
}

telltale_value YamlOptions::scalar(const telltale_option& option, const YAML::Node& node) {
  const std::string name(to_view(option.name));
  if (!node.IsScalar()) refuse(node, "'" + name + "': a single value is expected");
  const std::string& text = texts_.emplace_back(node.Scalar());
  telltale_value made{};
  made.text = to_str(text);
  bool is_good = true;
  switch (option.type) {
    case TELLTALE_OPTION_BOOL:
      made.type = TELLTALE_VALUE_BOOL;
      is_good = text == "true" || text == "false";
      made.number = text == "true" ? 1 : 0;
      break;
    case TELLTALE_OPTION_INT:
      made.type = TELLTALE_VALUE_INT;
      is_good =
          read_number(text, made.number) && made.number == static_cast<double>(static_cast<std::int64_t>(made.number));
      break;
    case TELLTALE_OPTION_FLOAT:
      made.type = TELLTALE_VALUE_FLOAT;
      is_good = read_number(text, made.number);
      break;
    case TELLTALE_OPTION_DURATION:
      made.type = TELLTALE_VALUE_INT;
      is_good = read_duration(text, made.number);
      break;
    default:
      made.type = TELLTALE_VALUE_TEXT;
      break;
  }
  const bool has_range = made.type != TELLTALE_VALUE_TEXT && option.minimum <= option.maximum;
  if (!is_good || (has_range && (made.number < option.minimum || made.number > option.maximum))) {
    refuse(node, "'" + name + "': '" + text + "' is not a value for it");
  }
  made.integer = static_cast<std::int64_t>(made.number);
  const std::span choices(option.choices, option.choice_count);
  const auto is_it = [&text](telltale_str choice) { return to_view(choice) == text; };
  if (!choices.empty() && std::none_of(choices.begin(), choices.end(), is_it)) {
    refuse(node, "'" + name + "': '" + text + "' is not among the choices");
  }
  return made;
}

}  // namespace telltale::modbus
