// sinks of sections.h.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <telltale/plugin.h>

#include "daemon/config/instance_section.h"
#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/selector.h"

namespace telltale::config {

namespace {

using core::ConfigNode;

constexpr std::size_t kMaxSinks = 16;
constexpr std::size_t kMaxSelectors = 64;

std::vector<core::OptionSpec> sink_table() {
  core::OptionSpec labels;  // for the list of known keys: any name will do in it
  labels.name = "labels";
  labels.type = TELLTALE_OPTION_SECTION;
  std::vector<core::OptionSpec> table = instance_table();
  core::OptionSpec rename;
  rename.name = "rename";
  rename.type = TELLTALE_OPTION_SECTION;
  table.push_back(text_option("series", "Which series go out.", TELLTALE_OPTION_LIST));
  table.push_back(text_option("exclude", "Which of them do not.", TELLTALE_OPTION_LIST));
  table.push_back(ranged_option("every", TELLTALE_OPTION_DURATION, "", 1e9, 7 * 86'400e9));
  table.push_back(text_option("stats", "What is said of each stretch of it.", TELLTALE_OPTION_LIST));
  table.push_back(ranged_option("backfill", TELLTALE_OPTION_INT, "20000", 1, 1e6));
  table.push_back(ranged_option("resend", TELLTALE_OPTION_DURATION, "0s", 0, 600e9));
  table.push_back(choice_option("uncertain", {"wait", "send"}, "wait"));
  table.push_back(std::move(labels));
  table.push_back(std::move(rename));
  return table;
}

core::Labels read_labels(const ConfigNode& node, core::Diagnostics& diagnostics) {
  core::Labels labels;
  const ConfigNode* const given = node.find("labels");
  if (given == nullptr || given->type == ConfigNode::Type::kNull) return labels;
  if (given->type != ConfigNode::Type::kMap) {
    diagnostics.error(given->mark, "'labels' must be a section (keys with values)");
    return labels;
  }
  for (const ConfigNode& item : given->children) {
    if (item.type != ConfigNode::Type::kScalar) {
      diagnostics.error(item.mark, "a label's value is a text");
    } else if (auto key = core::make_series_key("x", {{std::string(item.key), item.scalar}}); !key) {
      diagnostics.error(item.mark, key.error().message);
    } else {
      labels.emplace_back(item.key, item.scalar);
    }
  }
  if (labels.size() > core::kMaxLabels) {
    diagnostics.error(given->mark, fmt::format("at most {} labels", core::kMaxLabels));
  }
  return labels;
}

// The place of an item of a list, or of the value that stands for a list of one.
const ConfigNode& place_of(const ConfigNode& given, std::size_t item) {
  return given.type == ConfigNode::Type::kSequence && item < given.children.size() ? given.children[item] : given;
}

std::vector<std::string> read_selectors(const ConfigNode& node, std::string_view name, const core::OptionValue& list,
                                        core::Diagnostics& diagnostics) {
  std::vector<std::string> selectors;
  const ConfigNode* const given = node.find(name);
  if (given == nullptr) return selectors;
  if (list.children.size() > kMaxSelectors) {
    diagnostics.error(given->mark, fmt::format("at most {} selectors", kMaxSelectors));
  }
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    const auto selector = core::Selector::parse(list.children[i].text);
    if (!selector) {
      diagnostics.error(place_of(*given, i).mark, selector.error().message);
    } else if (selector->window_stat()) {
      diagnostics.error(place_of(*given, i).mark,
                        "readings go out as they come: a window's statistic is chosen with 'every' and 'stats'");
    }
    selectors.push_back(list.children[i].text);
  }
  return selectors;
}

// Both end in a star, or neither; what is before it is a name.
std::string problem_of_names(std::string_view from, std::string_view to) {
  if (from.ends_with('*') != to.ends_with('*')) return "both names end in '*', or neither does";
  for (std::string_view name : {from, to}) {
    if (name.ends_with('*')) name.remove_suffix(1);
    if (name.find_first_of("*?{}") != std::string_view::npos) return "a '*' at the end is the only pattern here";
  }
  if (to.ends_with('*')) to.remove_suffix(1);
  const auto key = core::make_series_key(std::string(to) + (from.ends_with('*') ? "x" : ""), {});
  return key ? std::string() : key.error().message;
}

std::vector<std::pair<std::string, std::string>> read_rename(const ConfigNode& node, core::Diagnostics& diagnostics) {
  std::vector<std::pair<std::string, std::string>> rename;
  const ConfigNode* const given = node.find("rename");
  if (given == nullptr || given->type == ConfigNode::Type::kNull) return rename;
  if (given->type != ConfigNode::Type::kMap) {
    diagnostics.error(given->mark, "'rename' must be a section (names with new names)");
    return rename;
  }
  for (const ConfigNode& item : given->children) {
    if (item.type != ConfigNode::Type::kScalar) {
      diagnostics.error(item.mark, "a new name is a text");
    } else if (const std::string problem = problem_of_names(item.key, item.scalar); !problem.empty()) {
      diagnostics.error(item.mark, problem);
    } else {
      rename.emplace_back(item.key, item.scalar);
    }
  }
  if (rename.size() > kMaxSelectors) diagnostics.error(given->mark, fmt::format("at most {} names", kMaxSelectors));
  return rename;
}

std::vector<core::Stat> read_stats(const ConfigNode& node, const core::OptionValue& list,
                                   core::Diagnostics& diagnostics) {
  std::vector<core::Stat> stats;
  const ConfigNode* const given = node.find("stats");
  if (given == nullptr) return stats;
  if (node.find("every") == nullptr) {
    diagnostics.error(given->mark, "'stats' needs 'every' beside it: of how long a stretch they are");
  }
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    const auto stat = core::stat_from(list.children[i].text);
    if (!stat) {
      diagnostics.error(place_of(*given, i).mark, "'" + list.children[i].text + "' is none of " + core::stat_names());
    } else if (std::find(stats.begin(), stats.end(), *stat) != stats.end()) {
      diagnostics.error(place_of(*given, i).mark, list.children[i].text + " is given twice");
    } else {
      stats.push_back(*stat);
    }
  }
  return stats;
}

core::SinkConfig read_sink(const ConfigNode& node, const std::vector<Input>& inputs, core::PluginCatalog& plugins,
                           core::Diagnostics& diagnostics) {
  const ConfigNode rest = without(without(without(node, "options"), "labels"), "rename");
  const auto section = core::validate_options(sink_table(), rest, diagnostics);
  core::SinkConfig sink;
  read_instance(node, section, sink.instance, plugins, Role::kSink, diagnostics);
  const std::string& id = sink.instance.id;
  if (!id.empty() && !is_id(id)) {
    diagnostics.error(mark_in(node, "id"),
                      "a sink's id is up to 64 small letters, digits, '_' and '-', and begins with a letter or digit");
  }
  if (std::any_of(inputs.begin(), inputs.end(), [&](const Input& input) { return input.config.id == id; })) {
    diagnostics.error(mark_in(node, "id"), "there is an input of the id '" + id + "'");
  }
  sink.series = read_selectors(node, "series", value_of(section, "series"), diagnostics);
  if (node.find("series") == nullptr) sink.series = {"*"};
  sink.exclude = read_selectors(node, "exclude", value_of(section, "exclude"), diagnostics);
  sink.rename = read_rename(node, diagnostics);
  sink.every = core::Duration(value_of(section, "every").integer);
  sink.stats = read_stats(node, value_of(section, "stats"), diagnostics);
  sink.labels = read_labels(node, diagnostics);
  sink.backfill = static_cast<std::uint64_t>(value_of(section, "backfill").integer);
  sink.resend = core::Duration(value_of(section, "resend").integer);
  sink.uncertain = value_of(section, "uncertain").text == "send";
  return sink;
}

}  // namespace

std::vector<core::SinkConfig> read_sinks(const ConfigNode* node, const std::vector<Input>& inputs,
                                         core::PluginCatalog& plugins, core::Diagnostics& diagnostics) {
  const auto items = list_items(node, diagnostics);
  std::vector<core::SinkConfig> sinks;
  if (items.size() > kMaxSinks) {
    diagnostics.error(items[kMaxSinks]->mark, fmt::format("more than {} sinks", kMaxSinks));
    return sinks;
  }
  for (const ConfigNode* item : items) sinks.push_back(read_sink(*item, inputs, plugins, diagnostics));
  refuse_twins(items, "id", "sink id", diagnostics);
  return sinks;
}

}  // namespace telltale::config
