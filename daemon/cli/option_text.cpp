#include "daemon/cli/option_text.h"

#include <cmath>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <telltale/options.h>
#include <telltale/plugin.h>

#include "daemon/core/option_values.h"
#include "daemon/core/units.h"

namespace telltale::cli {
namespace {

namespace json = boost::json;
using core::OptionSpec;
using core::OptionValue;

// As core::parse_duration and parse_size read them.
constexpr const char* kDurationPattern = "^([0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|µs|ns))+$";
constexpr const char* kSizePattern = "^[0-9]+(\\.[0-9]+)?([kKmMgGtT]i?)?[bB]?$";

bool has_range(const OptionSpec& option) { return option.minimum <= option.maximum; }

std::string type_text(const OptionSpec& option) {
  const char* name = "text";
  switch (option.type) {
    case TELLTALE_OPTION_BOOL:
      name = "yes or no";
      break;
    case TELLTALE_OPTION_INT:
      name = "whole number";
      break;
    case TELLTALE_OPTION_FLOAT:
      name = "number";
      break;
    case TELLTALE_OPTION_DURATION:
      name = "duration";
      break;
    case TELLTALE_OPTION_SIZE:
      name = "size";
      break;
    case TELLTALE_OPTION_SECTION:
      name = option.has_short_form() ? "word or section" : "section";
      break;
    default:
      break;
  }
  return option.has(TELLTALE_OPTION_LIST) ? fmt::format("list of {}", name) : name;
}

// A limit as the user would write it.
std::string limit_text(const OptionSpec& option, double limit) {
  if (option.type == TELLTALE_OPTION_DURATION && limit >= 0 && limit < 9.2e18) {
    return core::format_duration(core::Duration(static_cast<std::int64_t>(limit)));
  }
  return fmt::format("{}", limit);
}

std::string limits_text(const OptionSpec& option) {
  if (!option.choices.empty()) return fmt::format("{}", fmt::join(option.choices, ", "));
  if (!has_range(option)) return {};
  return limit_text(option, option.minimum) + " to " + limit_text(option, option.maximum);
}

std::string help_text(const OptionSpec& option) {
  std::string text = option.help;
  if (!option.unit.empty()) text += fmt::format(" [{}]", option.unit);
  if (option.has(TELLTALE_OPTION_DEPRECATED)) text = "Deprecated. " + text;
  return text;
}

void add_rows(const std::vector<OptionSpec>& options, const std::string& prefix, Table& table) {
  for (const OptionSpec& option : options) {
    const std::string name = prefix + option.name;
    table.add({name, type_text(option), option.has(TELLTALE_OPTION_REQUIRED) ? "required" : option.default_text,
               limits_text(option), help_text(option)});
    add_rows(option.children, name + ".", table);
  }
}

// A cell of a Markdown table; an empty line or a bar would end it.
std::string cell(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '\\' || c == '`') shown += '\\';
    shown += c == '\n' ? ' ' : c;
  }
  return shown;
}
std::string code(std::string_view text) { return text.empty() ? std::string() : fmt::format("`{}`", text); }

void add_markdown(const std::vector<OptionSpec>& options, const std::string& prefix, std::string& page) {
  page += "| option | type | default | allowed | |\n| --- | --- | --- | --- | --- |\n";
  for (const OptionSpec& option : options) {
    const bool required = option.has(TELLTALE_OPTION_REQUIRED);
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", prefix + option.name, type_text(option),
                        required ? "required" : code(option.default_text), cell(limits_text(option)),
                        cell(help_text(option)));
  }
  for (const OptionSpec& option : options) {
    if (option.children.empty()) continue;
    page += fmt::format("\n`{}{}`: {}\n\n", prefix, option.name, cell(option.help));
    add_markdown(option.children, prefix + option.name + ".", page);
  }
}

json::object section_schema(const std::vector<OptionSpec>& options);

// The schema of one value, not of a list of them.
json::object value_schema(const OptionSpec& option) {
  json::object schema;
  switch (option.type) {
    case TELLTALE_OPTION_BOOL:
      schema["type"] = "boolean";
      break;
    case TELLTALE_OPTION_INT:
    case TELLTALE_OPTION_FLOAT:
      schema["type"] = option.type == TELLTALE_OPTION_INT ? "integer" : "number";
      if (has_range(option)) {
        schema["minimum"] = option.minimum;
        schema["maximum"] = option.maximum;
      }
      break;
    case TELLTALE_OPTION_DURATION:
      schema["type"] = "string";
      schema["pattern"] = kDurationPattern;
      break;
    case TELLTALE_OPTION_SIZE:
      schema["type"] = json::array{"string", "integer"};
      schema["pattern"] = kSizePattern;
      schema["minimum"] = 0;
      break;
    case TELLTALE_OPTION_SECTION:
      if (!option.has_short_form()) return section_schema(option.children);
      return {{"anyOf", json::array{section_schema(option.children), value_schema(option.children.front())}}};
    default:
      schema["type"] = "string";
      if (!option.choices.empty()) schema["enum"] = json::value_from(option.choices);
      break;
  }
  return schema;
}

// A default as JSON; durations and sizes stay as they are written.
json::value default_json(const OptionSpec& option, const OptionValue& value) {
  switch (value.type) {
    case TELLTALE_VALUE_BOOL:
      return value.integer != 0;
    case TELLTALE_VALUE_INT:
      if (option.type == TELLTALE_OPTION_INT) return value.integer;
      return json::value(option.default_text);
    case TELLTALE_VALUE_FLOAT:
      return value.number;
    case TELLTALE_VALUE_TEXT:
      return json::value(value.text);
    case TELLTALE_VALUE_LIST: {
      json::array list;
      for (const OptionValue& item : value.children) list.push_back(default_json(option, item));
      return list;
    }
    default:
      return nullptr;
  }
}

json::object schema_of(const OptionSpec& option) {
  json::object schema = value_schema(option);
  if (option.has(TELLTALE_OPTION_LIST)) {
    // A single value is taken as a list of one.
    json::object list{{"type", "array"}, {"items", schema}};
    schema = json::object{{"anyOf", json::array{std::move(list), std::move(schema)}}};
  }
  std::string help = help_text(option);
  if (const std::string limits = limits_text(option); has_range(option)) help += fmt::format(" ({})", limits);
  schema["description"] = help;
  if (option.has(TELLTALE_OPTION_DEPRECATED)) schema["deprecated"] = true;
  if (!option.default_text.empty() && option.type != TELLTALE_OPTION_SECTION) {
    if (const auto value = core::default_value(option)) schema["default"] = default_json(option, *value);
  }
  return schema;
}

json::object section_schema(const std::vector<OptionSpec>& options) {
  json::object properties;
  json::array required;
  for (const OptionSpec& option : options) {
    properties[option.name] = schema_of(option);
    if (option.has(TELLTALE_OPTION_REQUIRED)) required.emplace_back(option.name);
  }
  json::object schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

}  // namespace

std::vector<std::string> needs_of(const core::PluginDescription& plugin) {
  static constexpr std::pair<std::uint32_t, const char*> kWords[] = {{TELLTALE_NEEDS_NETWORK, "network"},
                                                                     {TELLTALE_NEEDS_DEVICES, "devices"},
                                                                     {TELLTALE_NEEDS_PROCESSES, "processes"},
                                                                     {TELLTALE_NEEDS_LOCAL_SOCKETS, "local_sockets"}};
  std::vector<std::string> words;
  for (const auto& [need, word] : kWords) {
    if ((plugin.needs & need) != 0) words.emplace_back(word);
  }
  return words;
}

Table option_table(const std::vector<OptionSpec>& options) {
  Table table({"OPTION", "TYPE", "DEFAULT", "ALLOWED", "WHAT IT DOES"});
  add_rows(options, "", table);
  return table;
}

std::string option_markdown(const core::PluginDescription& plugin) {
  const auto needs = needs_of(plugin);
  std::string page = fmt::format("{} Beyond its options it needs {}.\n\n", plugin.summary,
                                 needs.empty() ? "nothing" : fmt::format("{}", fmt::join(needs, ", ")));
  if (plugin.options.empty()) return page + "It has no options.\n";
  add_markdown(plugin.options, "", page);
  return page;
}

json::object option_schema(const core::PluginDescription& plugin) {
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", fmt::format("options of the plugin {} {}", plugin.name, plugin.version)},
                      {"description", plugin.summary}};
  const json::object section = section_schema(plugin.options);
  schema.insert(section.begin(), section.end());
  return schema;
}

json::object plugin_json(const core::PluginDescription& plugin) {
  return {{"name", plugin.name},
          {"version", plugin.version},
          {"summary", plugin.summary},
          {"file", plugin.file},
          {"abi", fmt::format("{}.{}", plugin.abi_major, plugin.abi_minor)},
          {"interfaces", json::value_from(plugin.interfaces)},
          {"needs", json::value_from(needs_of(plugin))},
          {"schema", option_schema(plugin)}};
}

}  // namespace telltale::cli
