// sinks of sections.h.
#include <algorithm>
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
  table.push_back(text_option("series", "Which series go out.", TELLTALE_OPTION_LIST));
  table.push_back(ranged_option("backfill", TELLTALE_OPTION_INT, "20000", 1, 1e6));
  table.push_back(choice_option("uncertain", {"wait", "send"}, "wait"));
  table.push_back(std::move(labels));
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

std::vector<std::string> read_series(const ConfigNode& node, const core::OptionValue& list,
                                     core::Diagnostics& diagnostics) {
  std::vector<std::string> series;
  const ConfigNode* const given = node.find("series");
  if (given == nullptr) return {"*"};
  if (list.children.size() > kMaxSelectors) {
    diagnostics.error(given->mark, fmt::format("at most {} selectors", kMaxSelectors));
  }
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    const ConfigNode& place =
        given->type == ConfigNode::Type::kSequence && i < given->children.size() ? given->children[i] : *given;
    const auto selector = core::Selector::parse(list.children[i].text);
    if (!selector) {
      diagnostics.error(place.mark, selector.error().message);
    } else if (selector->window_stat()) {
      diagnostics.error(place.mark, "readings go out as they come: a window's statistic cannot be chosen here");
    }
    series.push_back(list.children[i].text);
  }
  return series;
}

core::SinkConfig read_sink(const ConfigNode& node, const std::vector<Input>& inputs, core::PluginCatalog& plugins,
                           core::Diagnostics& diagnostics) {
  const ConfigNode rest = without(without(node, "options"), "labels");
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
  sink.series = read_series(node, value_of(section, "series"), diagnostics);
  sink.labels = read_labels(node, diagnostics);
  sink.backfill = static_cast<std::uint64_t>(value_of(section, "backfill").integer);
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
