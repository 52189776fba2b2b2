// The section `derived` of sections.h.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "daemon/config/expression_option.h"
#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/derived_order.h"
#include "daemon/core/escape.h"
#include "daemon/core/unit_algebra.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::DerivedSpec;
using core::OptionSpec;

constexpr std::size_t kMaxUnitBytes = 32;
constexpr std::size_t kMaxTitleBytes = 128;

OptionSpec helped(OptionSpec spec, std::string help, std::uint32_t flags = 0) {
  spec.help = std::move(help);
  spec.flags |= flags;
  return spec;
}

std::vector<OptionSpec> derived_table() {
  return {
      text_option("name", "Name of the new series.", TELLTALE_OPTION_REQUIRED),
      text_option("expr", "What it is computed from.", TELLTALE_OPTION_REQUIRED),
      text_option("unit", "Its unit."),
      text_option("title", "What people call it."),
      helped(choice_option("kind", {"gauge", "counter"}, {}), "counter: it only grows."),
      helped(ranged_option("decimals", TELLTALE_OPTION_INT, {}, 0, 9), "Digits behind the point, where it is shown."),
      helped(section_option("tariff", {helped(ranged_option("price", TELLTALE_OPTION_FLOAT, {}, -1e9, 1e9),
                                              "Of one unit of the meter.", TELLTALE_OPTION_REQUIRED),
                                       text_option("days", "mon-fri, sat,sun; daily if not given."),
                                       text_option("from", "Time of day, 06:00."),
                                       text_option("to", "Time of day; before 'from': on the next day.")}),
             "Of cost(): the first that covers a time holds.", TELLTALE_OPTION_LIST),
      text_option("zone", "Time zone of the tariff and of unusual(), such as Europe/Berlin; UTC if not given.")};
}

void read_tariff(const core::OptionValue& section, const ConfigNode& node, DerivedSpec& spec,
                 core::Diagnostics& diagnostics) {
  const ConfigNode* const given = node.find("tariff");
  const bool costs = spec.expression && spec.expression->root.kind == core::ExpressionNode::Kind::kCall &&
                     spec.expression->root.word == "cost";
  if (costs && given == nullptr) diagnostics.error(mark_of(node, "expr"), "cost() needs 'tariff', a list of prices");
  if (!costs && given != nullptr && spec.expression) diagnostics.error(given->key_mark, "'tariff' is of cost() alone");
  spec.zone = value_of(section, "zone").text;
  if (!spec.zone.empty()) {
    auto zone = core::TimeZone::load(spec.zone);
    if (zone) {
      spec.time_zone = std::move(*zone);
    } else {
      diagnostics.error(mark_of(node, "zone"), zone.error().message);
    }
  }
  if (given == nullptr) return;
  const auto& steps = value_of(section, "tariff").children;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const ConfigNode& place =
        given->type == ConfigNode::Type::kSequence && i < given->children.size() ? given->children[i] : *given;
    spec.tariff.push_back({read_week_span(steps[i], place, diagnostics), value_of(steps[i], "price").number});
  }
}

bool grows(const core::Expression& expression) {
  const std::string& word = expression.root.word;
  return expression.root.kind == core::ExpressionNode::Kind::kCall &&
         (word == "energy" || word == "running_hours" || word == "cost" || word == "total");
}

// The gap of energy() and running_hours() is a duration that is written there.
void check_gap(const ConfigNode& node, const core::Expression& expression, core::Diagnostics& diagnostics) {
  const auto& root = expression.root;
  const bool gapped = root.word == "energy" || root.word == "running_hours";
  if (root.kind != core::ExpressionNode::Kind::kCall || !gapped || root.children.size() < 2) return;
  const auto& gap = root.children[1];
  if (gap.kind == core::ExpressionNode::Kind::kNumber && gap.is_duration && gap.number > 0) return;
  diagnostics.error(mark_in(*node.find("expr"), gap.begin), "the longest gap is a duration, such as 5m");
}

DerivedSpec read_one(const ConfigNode& node, core::Duration longest_window, core::Diagnostics& diagnostics) {
  const auto section = core::validate_options(derived_table(), node, diagnostics);
  DerivedSpec spec;
  spec.name = value_of(section, "name").text;
  if (!spec.name.empty()) {
    if (const auto key = core::make_series_key(spec.name, {}); !key) {
      diagnostics.error(mark_of(node, "name"), key.error().message);
    }
  }
  spec.unit = value_of(section, "unit").text;
  if (spec.unit.size() > kMaxUnitBytes || !core::is_clean_text(spec.unit)) {
    diagnostics.error(mark_of(node, "unit"), "a unit has at most 32 bytes, without control characters");
  }
  spec.hint.title = value_of(section, "title").text;
  if (spec.hint.title.size() > kMaxTitleBytes || !core::is_clean_text(spec.hint.title)) {
    diagnostics.error(mark_of(node, "title"), "a title has at most 128 bytes, without control characters");
  }
  if (node.find("decimals") != nullptr) spec.hint.decimals = static_cast<int>(value_of(section, "decimals").integer);
  spec.expression = read_expression(node, "expr", longest_window, diagnostics);
  if (spec.expression) {
    const std::string& kind = value_of(section, "kind").text;
    spec.kind = kind == "counter" || (kind.empty() && grows(*spec.expression)) ? core::SeriesKind::kCounter
                                                                               : core::SeriesKind::kGauge;
    check_gap(node, *spec.expression, diagnostics);
  }
  read_tariff(section, node, spec, diagnostics);
  return spec;
}

// What can be known before any reading: circles, and units of derived series among each other.
void check_together(const std::vector<const ConfigNode*>& nodes, const std::vector<DerivedSpec>& specs,
                    core::Diagnostics& diagnostics) {
  for (const core::DerivedCircle& circle : core::circles_of(specs)) {
    const auto& reference = specs[circle.spec].expression->references[circle.reference];
    const bool itself = circle.names.size() == 2;
    diagnostics.error(
        mark_in(*nodes[circle.spec]->find("expr"), reference.begin),
        itself ? fmt::format("{} looks at itself by way of {}", circle.names.front(), reference.selector.text())
               : fmt::format("derived series look at each other in a circle: {}", fmt::join(circle.names, " → ")));
  }
  std::map<std::string_view, std::string_view> units;
  for (const DerivedSpec& spec : specs) units.emplace(spec.name, spec.unit);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].expression) continue;
    const auto unit_of = [&](std::size_t reference) {
      const std::string& text = specs[i].expression->references[reference].selector.text();
      const auto known = units.find(std::string_view(text).substr(0, text.find_first_of("{@")));
      return known == units.end() ? std::string() : std::string(known->second);
    };
    for (const auto& mistake : core::check_units(*specs[i].expression, unit_of, specs[i].unit)) {
      diagnostics.error(mark_in(*nodes[i]->find("expr"), mistake.at), mistake.message);
    }
  }
}

}  // namespace

std::vector<DerivedSpec> read_derived(const ConfigNode* node, core::Duration longest_window,
                                      core::Diagnostics& diagnostics) {
  std::vector<DerivedSpec> specs;
  const auto items = named_items(node, "name", core::kMaxDerived, "derived series", diagnostics);
  specs.reserve(items.size());
  for (const ConfigNode* item : items) specs.push_back(read_one(*item, longest_window, diagnostics));
  check_together(items, specs, diagnostics);
  return specs;
}

}  // namespace telltale::config
