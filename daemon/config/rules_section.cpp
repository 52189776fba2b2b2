// The section `rules` of sections.h.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "daemon/config/expression_option.h"
#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/escape.h"
#include "daemon/core/unit_algebra.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::OptionSpec;
using core::RuleSpec;

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxMessageBytes = 1024;
constexpr double kYear = 366 * 86'400e9;
constexpr double kMonth = 30 * 86'400e9;

OptionSpec duration_option(std::string name, std::string help) {
  return with_help(ranged_option(std::move(name), TELLTALE_OPTION_DURATION, "0s", 0, kYear), std::move(help));
}

OptionSpec span_option(std::string name, std::string help) {
  return with_help(section_option(std::move(name), {text_option("days", "mon-fri, sat,sun; daily if not given."),
                                                    text_option("from", "Time of day, 06:00."),
                                                    text_option("to", "Time of day; before 'from': on the next day.")}),
                   std::move(help), TELLTALE_OPTION_LIST);
}

const std::vector<OptionSpec>& rule_table() {
  static const std::vector<OptionSpec> kTable = {
      text_option("name", "Name of the rule.", TELLTALE_OPTION_REQUIRED),
      text_option("when", "An expression: it fires while it holds."),
      text_option("clear", "An expression: what fires ends when it holds; else when 'when' does not."),
      text_option("series", "Which series: of 'silent' and 'stuck'."),
      text_option("silent", "No reading for so long; auto: by the usual time between readings."),
      text_option("stuck", "The same value for so long."),
      duration_option("for", "It has to be so for this long before it fires."),
      duration_option("keep", "It has to be over for this long before it is cleared."),
      choice_option("severity", {"info", "warning", "critical"}, "warning"),
      text_option("message", "What somebody should know or do."),
      text_option("parent", "While that rule fires this one is suppressed."),
      span_option("active", "When it is watched; else always."),
      span_option("quiet", "When nobody is told."),
      text_option("zone", "Time zone of 'active', 'quiet' and unusual(); UTC if not given."),
      text_option("notify", "Whom to tell, by their ids; everybody if not given.", TELLTALE_OPTION_LIST),
      with_help(section_option("escalate", {with_help(ranged_option("after", TELLTALE_OPTION_DURATION, "", 1e9, kMonth),
                                                      "How long it has fired by then.", TELLTALE_OPTION_REQUIRED),
                                            text_option("notify", "Whom to tell then, by their ids.",
                                                        TELLTALE_OPTION_LIST | TELLTALE_OPTION_REQUIRED)}),
                "Who else is told while it fires and nobody has acknowledged it.", TELLTALE_OPTION_LIST)};
  return kTable;
}

std::vector<core::WeekSpan> read_spans(const core::OptionValue& section, const ConfigNode& node, std::string_view name,
                                       core::Diagnostics& diagnostics) {
  std::vector<core::WeekSpan> spans;
  const ConfigNode* const given = node.find(name);
  if (given == nullptr) return spans;
  const auto& items = value_of(section, name).children;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool listed = given->type == ConfigNode::Type::kSequence && i < given->children.size();
    spans.push_back(read_week_span(items[i], listed ? given->children[i] : *given, diagnostics));
  }
  return spans;
}

// Exactly one of when, silent and stuck.
void read_kind(const core::OptionValue& section, const ConfigNode& node, core::Duration longest_window, RuleSpec& rule,
               core::Diagnostics& diagnostics) {
  const bool when = node.find("when") != nullptr;
  const bool silent = node.find("silent") != nullptr;
  const bool stuck = node.find("stuck") != nullptr;
  if (static_cast<int>(when) + static_cast<int>(silent) + static_cast<int>(stuck) != 1) {
    diagnostics.error(node.mark, "a rule has one of 'when', 'silent' and 'stuck'");
    return;
  }
  const ConfigNode* const series = node.find("series");
  if (when) {
    if (series != nullptr) diagnostics.error(series->key_mark, "'series' is of 'silent' and 'stuck': 'when' has names");
    rule.when = read_expression(node, "when", longest_window, diagnostics);
    if (node.find("clear") != nullptr) rule.clear = read_expression(node, "clear", longest_window, diagnostics);
    return;
  }
  rule.kind = silent ? RuleSpec::Kind::kSilent : RuleSpec::Kind::kStuck;
  const std::string_view name = silent ? "silent" : "stuck";
  const std::string& limit = value_of(section, name).text;
  if (!silent || limit != "auto") {
    const auto duration = core::parse_duration(limit);
    if (!duration || duration->count() <= 0) {
      diagnostics.error(mark_of(node, name),
                        silent ? "'silent' is a duration such as 5m, or auto" : "'stuck' is a duration such as 5m");
    } else {
      rule.limit = *duration;
    }
  }
  if (node.find("clear") != nullptr) diagnostics.error(node.find("clear")->key_mark, "'clear' is of 'when' alone");
  if (series == nullptr) {
    diagnostics.error(mark_of(node, name), fmt::format("'{}' needs 'series': which ones", name));
    return;
  }
  auto selector = core::Selector::parse(value_of(section, "series").text);
  if (!selector || selector->window_stat()) {
    diagnostics.error(series->mark, selector ? "these are series, without @" : selector.error().message);
  } else {
    rule.series = std::move(*selector);
  }
}

void refuse_memory(const ConfigNode& node, std::string_view name, const core::ExpressionPtr& expression,
                   core::Diagnostics& diagnostics) {
  if (!expression || !core::remembers(*expression)) return;
  diagnostics.error(mark_of(node, name), fmt::format("{}() goes on from its own result: make it a derived series, and "
                                                     "use that one's name here",
                                                     expression->root.word));
}

std::vector<core::Escalation> read_escalation(const core::OptionValue& section, const ConfigNode& node,
                                              core::Diagnostics& diagnostics) {
  std::vector<core::Escalation> steps;
  for (const auto& item : value_of(section, "escalate").children) {
    core::Escalation& step = steps.emplace_back();
    step.after = core::Duration(value_of(item, "after").integer);
    for (const auto& id : value_of(item, "notify").children) step.notify.push_back(id.text);
    if (step.notify.empty()) diagnostics.error(mark_of(node, "escalate"), "a step says in 'notify' whom to tell then");
  }
  if (steps.size() > core::kMaxEscalations) {
    diagnostics.error(mark_of(node, "escalate"), fmt::format("at most {} steps", core::kMaxEscalations));
    steps.clear();
  }
  std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.after < b.after; });
  return steps;
}

RuleSpec read_one(const ConfigNode& node, core::Duration longest_window, core::Diagnostics& diagnostics) {
  const auto section = core::validate_options(rule_table(), node, diagnostics);
  RuleSpec rule;
  rule.name = value_of(section, "name").text;
  if (rule.name.size() > kMaxNameBytes || !core::is_clean_text(rule.name) || rule.name.find('/') != std::string::npos) {
    diagnostics.error(mark_of(node, "name"), "a rule's name has at most 128 bytes, without '/' and control characters");
  }
  read_kind(section, node, longest_window, rule, diagnostics);
  refuse_memory(node, "when", rule.when, diagnostics);
  refuse_memory(node, "clear", rule.clear, diagnostics);
  rule.hold = core::Duration(value_of(section, "for").integer);
  rule.keep = core::Duration(value_of(section, "keep").integer);
  rule.severity = core::severity_from(value_of(section, "severity").text).value_or(core::Severity::kWarning);
  rule.message = value_of(section, "message").text;
  if (rule.message.size() > kMaxMessageBytes || !core::is_clean_text(rule.message)) {
    diagnostics.error(mark_of(node, "message"), "a message has at most 1,024 bytes, without control characters");
  }
  rule.parent = value_of(section, "parent").text;
  rule.active = read_spans(section, node, "active", diagnostics);
  rule.quiet = read_spans(section, node, "quiet", diagnostics);
  rule.zone = value_of(section, "zone").text;
  if (!rule.zone.empty()) {
    auto zone = core::TimeZone::load(rule.zone);
    if (zone) {
      rule.time_zone = std::move(*zone);
    } else {
      diagnostics.error(mark_of(node, "zone"), zone.error().message);
    }
  }
  for (const auto& item : value_of(section, "notify").children) rule.notify.push_back(item.text);
  rule.escalate = read_escalation(section, node, diagnostics);
  rule.notify_nobody = node.find("notify") != nullptr && rule.notify.empty();
  return rule;
}

// Parents are there, and lead to no circle.
void check_parents(const std::vector<const ConfigNode*>& nodes, const std::vector<RuleSpec>& rules,
                   core::Diagnostics& diagnostics) {
  std::map<std::string_view, const RuleSpec*> by_name;
  std::vector<std::string> names;
  for (const RuleSpec& rule : rules) {
    by_name.emplace(rule.name, &rule);
    names.push_back(rule.name);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].parent.empty()) continue;
    if (!by_name.contains(rules[i].parent)) {
      const std::string nearest = core::nearest_word(rules[i].parent, names);
      diagnostics.error(mark_of(*nodes[i], "parent"), "there is no rule '" +
                                                          core::escape_line(core::cut_utf8(rules[i].parent, 64)) + "'" +
                                                          (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
      continue;
    }
    std::set<std::string_view> seen{rules[i].name};
    for (const RuleSpec* at = &rules[i]; !at->parent.empty() && by_name.contains(at->parent);) {
      at = by_name.at(at->parent);
      if (seen.insert(at->name).second) continue;
      diagnostics.error(mark_of(*nodes[i], "parent"), "the parents of this rule go in a circle");
      break;
    }
  }
}

}  // namespace

std::vector<RuleSpec> read_rules(const ConfigNode* node, core::Duration longest_window,
                                 core::Diagnostics& diagnostics) {
  std::vector<RuleSpec> rules;
  const auto items = named_items(node, "name", core::kMaxRules, "rules", diagnostics);
  rules.reserve(items.size());
  for (const ConfigNode* item : items) rules.push_back(read_one(*item, longest_window, diagnostics));
  check_parents(items, rules, diagnostics);
  return rules;
}

}  // namespace telltale::config
