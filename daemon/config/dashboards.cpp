#include "daemon/config/dashboards.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/config/yaml_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/selector.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::Diagnostics;
using core::OptionSpec;
using Type = ConfigNode::Type;

constexpr std::size_t kMaxSections = 64;
constexpr double kMaxSpanNs = 5 * 366 * 86'400e9;
constexpr std::size_t kMaxTextBytes = 16UL * 1024;

OptionSpec list_of(OptionSpec spec) {
  spec.flags |= TELLTALE_OPTION_LIST;
  return spec;
}

OptionSpec number_option(std::string name, std::string help) {
  return with_help(ranged_option(std::move(name), TELLTALE_OPTION_FLOAT, {}, 1, 0), std::move(help));
}

OptionSpec whole_option(std::string name, std::string help, double minimum, double maximum) {
  return with_help(ranged_option(std::move(name), TELLTALE_OPTION_INT, {}, minimum, maximum), std::move(help));
}

OptionSpec span_option(std::string name, std::string help) {
  return with_help(ranged_option(std::move(name), TELLTALE_OPTION_DURATION, {}, 1e9, kMaxSpanNs), std::move(help));
}

OptionSpec flag_option(std::string name, std::string help) { return bool_option(std::move(name), std::move(help), {}); }

OptionSpec threshold_table() {
  OptionSpec at = number_option("at", "From this value on.");
  at.flags |= TELLTALE_OPTION_REQUIRED;
  return with_help(
      list_of(section_option("thresholds", {at, choice_option("level", {"good", "note", "warning", "critical"}, {}),
                                            text_option("name", "What it is called.")})),
      "Values from which something else holds, lowest first.");
}

std::vector<OptionSpec> panel_table() {
  return {
      with_help(choice_option("panel",
                              {"auto", "lines", "steps", "areas", "scoreboard", "stat", "gauge", "bar", "table",
                               "states", "heatmap", "histogram", "events", "text", "alarms"},
                              {}),
                "How it is shown; auto chooses by what the series are."),
      text_option("title", "What stands above it."),
      text_option("y", "Which series: selectors.", TELLTALE_OPTION_LIST),
      text_option("y2", "Series on a second axis.", TELLTALE_OPTION_LIST),
      text_option("by", "The label that tells the series apart."),
      text_option("repeat", "A panel for each value of this label."),
      text_option("overlay", "Sliding statistics over the lines: mean_1m, max_1h.", TELLTALE_OPTION_LIST),
      flag_option("band", "The band from the least to the greatest reading."),
      text_option("percentiles", "Bands between percentiles: p5-p95, p25-p75.", TELLTALE_OPTION_LIST),
      flag_option("stack", "Areas on top of each other."),
      flag_option("legend", "Last, least, mean and greatest below the chart."),
      threshold_table(),
      number_option("min", "Lower end of the scale."),
      number_option("max", "Upper end of the scale."),
      whole_option("decimals", "Digits behind the point.", 0, 9),
      text_option("unit", "Shown instead of the series' own unit."),
      span_option("span", "Its own span, instead of that of the page."),
      span_option("delta", "Change since so long ago."),
      whole_option("limit", "At most so many rows.", 1, 1000),
      text_option("text", "Markdown."),
      list_of(whole_option("place", "Column, row, width and height on a grid of 12 columns.", 0, 1000)),
      whole_option("width", "Columns of 12.", 1, 12),
      whole_option("height", "Rows.", 1, 40),
  };
}

std::vector<OptionSpec> make_table() {
  OptionSpec panels = list_of(section_option("panels", panel_table()));
  panels.help = "What it shows.";
  OptionSpec variable_name = text_option("name", "Used as $NAME.", TELLTALE_OPTION_REQUIRED);
  OptionSpec variables =
      list_of(section_option("variables", {variable_name, text_option("title", "What stands before the choice."),
                                           text_option("label", "The label whose values can be chosen."),
                                           text_option("of", "Only of these series."),
                                           text_option("values", "The choices, written out.", TELLTALE_OPTION_LIST),
                                           text_option("default", "What is chosen first.")}));
  OptionSpec sections = list_of(section_option(
      "sections", {text_option("title", "What stands above it."), text_option("tab", "The tab that it is on."),
                   text_option("repeat", "A section for each value of this label."),
                   flag_option("folded", "Only its title is seen at first."), panels}));
  return {text_option("name", "Its name in the address: /d/NAME."),
          text_option("title", "What it is called."),
          text_option("description", "What it is for."),
          span_option("span", "The span that its charts show at first."),
          with_help(std::move(variables), "Choices that stand above it."),
          with_help(std::move(sections), "Groups of panels, on tabs if wanted."),
          std::move(panels)};
}

// Items of a list, or the one thing that stands for a list of one.
std::vector<const ConfigNode*> each_of(const ConfigNode* node) {
  std::vector<const ConfigNode*> items;
  if (node == nullptr || node->type == Type::kNull) return items;
  if (node->type != Type::kSequence) return {node};
  for (const ConfigNode& child : node->children) items.push_back(&child);
  return items;
}

std::string shown(const std::string& text) { return "'" + core::escape_line(core::cut_utf8(text, 64)) + "'"; }

void check_selectors(const ConfigNode* node, Diagnostics& diagnostics) {
  for (const ConfigNode* item : each_of(node)) {
    // What a variable makes of it is known in the page alone.
    if (item->type != Type::kScalar || item->scalar.find('$') != std::string::npos) continue;
    const auto selector = core::Selector::parse(item->scalar);
    if (!selector)
      diagnostics.error(item->mark, shown(item->scalar) + " chooses no series: " + selector.error().message);
  }
}

bool is_overlay(std::string_view text) {
  for (const std::string_view stat : {"mean_", "min_", "max_"}) {
    if (!text.starts_with(stat)) continue;
    const auto duration = core::parse_duration(text.substr(stat.size()));
    return duration.has_value() && duration->count() > 0;
  }
  return false;
}

void check_overlays(const ConfigNode* node, Diagnostics& diagnostics) {
  for (const ConfigNode* item : each_of(node)) {
    if (item->type != Type::kScalar || is_overlay(item->scalar)) continue;
    diagnostics.error(item->mark, shown(item->scalar) + " is no overlay: mean, min or max with a window, as mean_1m");
  }
}

// `p5-p95`.
bool is_percentile_band(std::string_view text) {
  const auto take = [&](int& percent) {
    if (!text.starts_with('p')) return false;
    const auto [end, failure] = std::from_chars(text.data() + 1, text.data() + text.size(), percent);
    if (failure != std::errc{} || percent < 1 || percent > 99) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  int low = 0;
  int high = 0;
  if (!take(low) || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  return take(high) && text.empty() && low < high;
}

void check_percentiles(const ConfigNode* node, Diagnostics& diagnostics) {
  const auto items = each_of(node);
  for (const ConfigNode* item : items) {
    if (item->type != Type::kScalar || is_percentile_band(item->scalar)) continue;
    diagnostics.error(item->mark,
                      shown(item->scalar) + " is no band: two percentiles from p1 to p99, the lower first, as p5-p95");
  }
  if (items.size() > 3) diagnostics.error(items[3]->mark, "at most three bands lie in each other");
}

void check_place(const ConfigNode* node, Diagnostics& diagnostics) {
  if (node == nullptr || node->type == Type::kNull) return;
  if (node->type != Type::kSequence || node->children.size() != 4) {
    diagnostics.error(node->mark, "'place' is four numbers: [column, row, width, height]");
    return;
  }
  const auto number = [&](std::size_t i) {
    const std::string& text = node->children[i].scalar;
    return text.size() < 4 && !text.empty() &&
                   std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })
               ? std::stoi(text)
               : 0;
  };
  if (number(2) < 1 || number(0) + number(2) > 12) {
    diagnostics.error(node->mark, "'place': column and width stay inside of 12 columns, and a width is at least 1");
  }
  if (number(3) < 1 || number(3) > 40) diagnostics.error(node->mark, "'place': a height is from 1 to 40");
}

void check_panel(const ConfigNode& panel, Diagnostics& diagnostics) {
  if (panel.type != Type::kMap) return;  // told by the table
  const ConfigNode* const kind = panel.find("panel");
  const std::string_view word = kind == nullptr ? std::string_view("auto") : std::string_view(kind->scalar);
  const bool is_text = word == "text";
  const bool given = panel.find("y") != nullptr || panel.find("y2") != nullptr;
  const core::SourceMark place = kind == nullptr ? panel.mark : kind->mark;
  if (is_text && panel.find("text") == nullptr) diagnostics.error(place, "a text panel needs 'text'");
  if (!is_text && word != "alarms" && !given) {
    diagnostics.error(place, "a panel needs 'y': which series it shows, as y: oven.*");
  }
  if (const ConfigNode* text = panel.find("text"); text != nullptr && text->scalar.size() > kMaxTextBytes) {
    diagnostics.error(text->mark, "'text' is longer than 16 KiB");
  }
  check_selectors(panel.find("y"), diagnostics);
  check_selectors(panel.find("y2"), diagnostics);
  check_overlays(panel.find("overlay"), diagnostics);
  check_percentiles(panel.find("percentiles"), diagnostics);
  check_place(panel.find("place"), diagnostics);
}

void refuse_secrets(const ConfigNode& node, Diagnostics& diagnostics) {
  if (node.secret) {
    diagnostics.error(node.mark, "a dashboard is shown to everybody who may look: no '!secret' in it");
  }
  for (const ConfigNode& child : node.children) refuse_secrets(child, diagnostics);
}

std::size_t check_panels(const ConfigNode* panels, Diagnostics& diagnostics) {
  const auto items = each_of(panels);
  for (const ConfigNode* panel : items) check_panel(*panel, diagnostics);
  return items.size();
}

}  // namespace

const std::vector<OptionSpec>& dashboard_table() {
  static const std::vector<OptionSpec> kTable = make_table();
  return kTable;
}

bool is_dashboard_name(std::string_view name) { return is_id(name); }

void check_dashboard(const ConfigNode& document, Diagnostics& diagnostics) {
  refuse_secrets(document, diagnostics);
  [[maybe_unused]] const auto values = core::validate_options(dashboard_table(), document, diagnostics);
  if (document.type != Type::kMap) return;
  std::size_t panels = check_panels(document.find("panels"), diagnostics);
  const auto sections = each_of(document.find("sections"));
  for (const ConfigNode* section : sections) panels += check_panels(section->find("panels"), diagnostics);
  if (sections.size() > kMaxSections) diagnostics.error(sections[kMaxSections]->mark, "more than 64 sections");
  if (panels > kMaxPanels) diagnostics.error(document.mark, fmt::format("more than {} panels", kMaxPanels));
  for (const ConfigNode* variable : each_of(document.find("variables"))) {
    if (variable->type != Type::kMap || variable->find("label") != nullptr || variable->find("values") != nullptr)
      continue;
    diagnostics.error(variable->mark, "a variable needs 'label' or 'values': what can be chosen");
  }
}

DashboardOutcome load_dashboard(const Source& source, std::string_view name) {
  DashboardOutcome outcome;
  if (auto root = read_yaml(source.text, outcome.diagnostics)) {
    outcome.document = std::move(*root);
    check_dashboard(outcome.document, outcome.diagnostics);
    const ConfigNode* const said = outcome.document.find("name");
    if (said != nullptr && said->scalar != name) {
      outcome.diagnostics.error(said->mark, "the file is called " + std::string(name) + ".yaml, and that is its name");
    }
  }
  outcome.report = outcome.diagnostics.render(source.name, source.text);
  return outcome;
}

std::vector<ConfigNode> read_dashboards(const ConfigNode* node, Diagnostics& diagnostics) {
  std::vector<ConfigNode> all;
  const auto items = list_items(node, diagnostics);
  if (items.size() > kMaxDashboards) {
    diagnostics.error(items[kMaxDashboards]->mark, fmt::format("more than {} dashboards", kMaxDashboards));
    return all;
  }
  for (const ConfigNode* item : items) {
    const ConfigNode* const name = item->find("name");
    if (name == nullptr) {
      diagnostics.error(item->mark, "'name' is missing (Its name in the address: /d/NAME.)");
    } else if (!is_id(name->scalar)) {
      diagnostics.error(name->mark,
                        shown(name->scalar) + " is no name: small letters, digits, '-' and '_', at most 64");
    }
    check_dashboard(*item, diagnostics);
    all.push_back(*item);
  }
  refuse_twins(items, "name", "dashboard's name", diagnostics);
  return all;
}

}  // namespace telltale::config
