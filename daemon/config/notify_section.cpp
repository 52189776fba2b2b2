// The section `notify` of sections.h.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;
using core::NotifySpec;
using core::OptionSpec;

constexpr std::size_t kMaxBodyBytes = 16'384;
constexpr std::size_t kMaxHeaders = 16;
constexpr std::size_t kMaxWords = 32;
constexpr double kMonth = 30 * 86'400e9;

OptionSpec with_help(OptionSpec spec, std::string help, std::uint32_t flags = 0) {
  spec.help = std::move(help);
  spec.flags |= flags;
  return spec;
}

const std::vector<OptionSpec>& notify_table() {
  static const std::vector<OptionSpec> kTable = {
      text_option("id", "Its name in this file.", TELLTALE_OPTION_REQUIRED),
      with_help(section_option("webhook",
                               {text_option("url", "Where to post.", TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_SECRET),
                                text_option("headers", "`Name: value`.", TELLTALE_OPTION_LIST | TELLTALE_OPTION_SECRET),
                                text_option("body", "With {text}, {rule}, …; JSON that says all if not given."),
                                text_option("type", "Content-Type of the body; application/json if not given.")}),
                "Posts to an address."),
      text_option("command", "Starts a program: it and its arguments.", TELLTALE_OPTION_LIST),
      with_help(choice_option("severity", {"info", "warning", "critical"}, "info"), "The least that is told."),
      with_help(ranged_option("group", TELLTALE_OPTION_DURATION, "2s", 0, 3600e9),
                "What comes within is told together."),
      with_help(ranged_option("repeat", TELLTALE_OPTION_DURATION, "0s", 0, kMonth),
                "Told again while it fires and nobody has seen it; 0s: not."),
      bool_option("resolved", "Its end is told too.", "true"),
      with_help(ranged_option("tries", TELLTALE_OPTION_INT, "8", 1, 100), "Until it is given up.")};
  return kTable;
}

core::SourceMark mark_of(const ConfigNode& section, std::string_view name) {
  const ConfigNode* const item = section.find(name);
  return item == nullptr ? section.mark : item->mark;
}

bool is_field_name(std::string_view text) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), word);
}

void read_webhook(const core::OptionValue& webhook, const ConfigNode& node, NotifySpec& spec,
                  core::Diagnostics& diagnostics) {
  spec.url = value_of(webhook, "url").text;
  const bool is_http = spec.url.starts_with("http://") || spec.url.starts_with("https://");
  if (!spec.url.empty() && (!is_http || spec.url.size() > 2048 || !core::is_clean_text(spec.url))) {
    diagnostics.error(mark_of(node, "url"), "an address begins with http:// or https://");
  }
  for (const auto& item : value_of(webhook, "headers").children) {
    const auto colon = item.text.find(':');
    const std::string name = item.text.substr(0, colon);
    std::string value = colon == std::string::npos ? std::string() : item.text.substr(colon + 1);
    value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
    if (colon == std::string::npos || !is_field_name(name) || value.size() > 4096 || !core::is_clean_text(value)) {
      diagnostics.error(mark_of(node, "headers"), "a header is written 'Name: value'");
    }
    spec.headers.emplace_back(name, std::move(value));
  }
  if (spec.headers.size() > kMaxHeaders) diagnostics.error(mark_of(node, "headers"), "at most 16 headers");
  spec.body = value_of(webhook, "body").text;
  if (spec.body.size() > kMaxBodyBytes) diagnostics.error(mark_of(node, "body"), "a body has at most 16 KiB");
  if (const std::string& type = value_of(webhook, "type").text; !type.empty()) {
    spec.content_type = type;
    if (type.size() > 128 || !core::is_clean_text(type)) {
      diagnostics.error(mark_of(node, "type"), "a content type is such as text/plain");
    }
  }
}

NotifySpec read_one(const ConfigNode& node, core::Diagnostics& diagnostics) {
  const auto section = core::validate_options(notify_table(), node, diagnostics);
  NotifySpec spec;
  spec.id = value_of(section, "id").text;
  if (!spec.id.empty() && !is_id(spec.id)) {
    diagnostics.error(mark_of(node, "id"), "an id is up to 64 small letters, digits, '_' and '-'");
  }
  const ConfigNode* const webhook = node.find("webhook");
  if ((webhook != nullptr) == (node.find("command") != nullptr)) {
    diagnostics.error(node.mark, "it has either 'webhook' or 'command'");
  } else if (webhook != nullptr) {
    read_webhook(value_of(section, "webhook"), *webhook, spec, diagnostics);
  }
  for (const auto& word : value_of(section, "command").children) spec.command.push_back(word.text);
  if (!spec.command.empty() && (spec.command.front().empty() || spec.command.front().front() != '/')) {
    diagnostics.error(mark_of(node, "command"), "a program is named by its whole path, such as /usr/local/bin/horn");
  }
  if (spec.command.size() > kMaxWords) diagnostics.error(mark_of(node, "command"), "at most 32 words");
  spec.least = core::severity_from(value_of(section, "severity").text).value_or(core::Severity::kInfo);
  spec.group = core::Duration(value_of(section, "group").integer);
  spec.repeat = core::Duration(value_of(section, "repeat").integer);
  if (spec.repeat > core::Duration{} && spec.repeat < std::chrono::minutes(1)) {
    diagnostics.error(mark_of(node, "repeat"), "'repeat' is 1m or longer, or 0s");
  }
  spec.resolved = value_of(section, "resolved").integer != 0;
  spec.tries = static_cast<int>(value_of(section, "tries").integer);
  return spec;
}

}  // namespace

std::vector<NotifySpec> read_notify(const ConfigNode* node, core::Diagnostics& diagnostics) {
  std::vector<NotifySpec> all;
  const auto items = list_items(node, diagnostics);
  refuse_twins(items, "id", "id", diagnostics);
  if (items.size() > core::kMaxNotifyTargets) {
    diagnostics.error(node->mark, fmt::format("at most {} of them", core::kMaxNotifyTargets));
    return all;
  }
  for (const ConfigNode* item : items) all.push_back(read_one(*item, diagnostics));
  return all;
}

void check_notified(const ConfigNode* rules, const std::vector<NotifySpec>& targets, core::Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  ids.reserve(targets.size());
  for (const NotifySpec& target : targets) ids.push_back(target.id);
  core::Diagnostics told;  // what is no list was said
  for (const ConfigNode* rule : list_items(rules, told)) {
    const ConfigNode* const notify = rule->find("notify");
    if (notify == nullptr) continue;
    std::vector<const ConfigNode*> names;
    if (notify->type == ConfigNode::Type::kScalar) names.push_back(notify);
    for (const ConfigNode& child : notify->children) names.push_back(&child);
    for (const ConfigNode* name : names) {
      if (std::find(ids.begin(), ids.end(), name->scalar) != ids.end()) continue;
      const std::string nearest = core::nearest_word(name->scalar, ids);
      diagnostics.error(name->mark, "'notify' has no '" + core::escape_line(core::cut_utf8(name->scalar, 64)) + "'" +
                                        (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    }
  }
}

}  // namespace telltale::config
