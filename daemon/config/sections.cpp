// device, storage, windows and counters of sections.h.
#include "daemon/config/sections.h"

#include <algorithm>

#include "daemon/config/section_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"
#include "daemon/core/units.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::OptionSpec;

constexpr std::size_t kMaxTextBytes = 128;
constexpr std::size_t kMaxWindows = 16;
constexpr std::size_t kMaxCounters = 256;

// Texts that people see: short, and without control characters.
std::string shown_text(const core::OptionValue& section, std::string_view name, const ConfigNode* node,
                       core::Diagnostics& diagnostics) {
  const std::string& text = value_of(section, name).text;
  if (text.size() <= kMaxTextBytes && core::is_clean_text(text)) return text;
  const ConfigNode* const item = node == nullptr ? nullptr : node->find(name);
  diagnostics.error(item == nullptr ? core::SourceMark{} : item->mark,
                    "'" + std::string(name) + "' must be at most 128 bytes, without control characters");
  return {};
}

}  // namespace

Device read_device(const ConfigNode* node, core::Diagnostics& diagnostics) {
  const auto section = read_section(
      {text_option("name", "What the device is called."), text_option("site", "Where it stands.")}, node, diagnostics);
  return {shown_text(section, "name", node, diagnostics), shown_text(section, "site", node, diagnostics)};
}

Storage read_storage(const ConfigNode* node, core::Diagnostics& diagnostics) {
  constexpr double kYear = 366 * 86'400e9;
  const auto section = read_section({ranged_option("budget", TELLTALE_OPTION_SIZE, "2GB", 1e6, 1e15),
                                     ranged_option("commit", TELLTALE_OPTION_DURATION, "10s", 1e7, 3.6e12),
                                     ranged_option("raw", TELLTALE_OPTION_DURATION, "30d", 1e9, 100 * kYear)},
                                    node, diagnostics);
  Storage storage;
  storage.budget = static_cast<std::uint64_t>(value_of(section, "budget").integer);
  storage.commit = core::Duration(value_of(section, "commit").integer);
  storage.raw = core::Duration(value_of(section, "raw").integer);
  return storage;
}

std::vector<core::Duration> read_windows(const ConfigNode& root, core::Diagnostics& diagnostics) {
  OptionSpec windows =
      ranged_option("windows", TELLTALE_OPTION_DURATION, "[10s, 1m, 15m, 1h, 1d]", 1e9, 400 * 86'400e9);
  windows.flags = TELLTALE_OPTION_LIST;
  ConfigNode only;
  only.type = ConfigNode::Type::kMap;
  const ConfigNode* const node = root.find("windows");
  if (node != nullptr) only.children.push_back(*node);
  const auto section = core::validate_options({windows}, only, diagnostics);
  std::vector<core::Duration> durations;
  const core::SourceMark mark = node == nullptr ? core::SourceMark{} : node->mark;
  for (const auto& child : value_of(section, "windows").children) {
    const core::Duration duration(child.integer);
    if (child.type != TELLTALE_VALUE_INT) continue;  // refused already
    if (std::find(durations.begin(), durations.end(), duration) != durations.end()) {
      diagnostics.error(mark, "the window " + core::format_duration(duration) + " is given twice");
    }
    durations.push_back(duration);
  }
  if (durations.size() > kMaxWindows) diagnostics.error(mark, "at most 16 windows");
  return durations;
}

std::vector<Counter> read_counters(const ConfigNode* node, core::Diagnostics& diagnostics) {
  const std::vector<OptionSpec> table = {text_option("series", "Which series.", TELLTALE_OPTION_REQUIRED),
                                         ranged_option("rollover", TELLTALE_OPTION_FLOAT, "0", 0, 1e300),
                                         ranged_option("dip", TELLTALE_OPTION_FLOAT, "", 0, 1e300)};
  std::vector<Counter> all;
  for (const ConfigNode* item : list_items(node, diagnostics)) {
    const auto section = core::validate_options(table, *item, diagnostics);
    Counter counter;
    counter.series = value_of(section, "series").text;
    counter.rule.width = value_of(section, "rollover").number;
    if (item->find("dip") != nullptr) counter.rule.dip = value_of(section, "dip").number;
    const ConfigNode* const series = item->find("series");
    const auto selector = core::Selector::parse(counter.series);
    if (series != nullptr && !counter.series.empty() && (!selector || selector->window_stat())) {
      diagnostics.error(series->mark, selector ? "a counter is a series, without @" : selector.error().message);
    }
    all.push_back(std::move(counter));
  }
  if (all.size() > kMaxCounters) diagnostics.error(node->mark, "at most 256 counters");
  return all;
}

}  // namespace telltale::config
