// The section `notify` of sections.h.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "daemon/config/section_reader.h"
#include "daemon/config/sections.h"
#include "daemon/config/server_login.h"
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
constexpr std::size_t kMaxRecipients = 32;
constexpr double kMonth = 30 * 86'400e9;

std::vector<OptionSpec> email_table() {
  return {text_option("server", "smtp://mail.example.org or smtps://….", TELLTALE_OPTION_REQUIRED),
          text_option("from", "Its address.", TELLTALE_OPTION_REQUIRED),
          text_option("to", "Whom to tell, by their addresses.", TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_LIST),
          text_option("user", "Name to log in with."),
          text_option("password", "As !secret NAME.", TELLTALE_OPTION_SECRET),
          text_option("subject", "With {device}, {rule}, …; says what fires if not given."),
          bool_option("starttls", "Of smtp://: the connection has to become TLS.", "true"),
          text_option("ca", "A file of certificates to trust, instead of the system's.")};
}

std::vector<OptionSpec> mqtt_table() {
  return {text_option("url", "mqtt://broker or mqtts://….", TELLTALE_OPTION_REQUIRED),
          text_option("topic", "With {device}, {rule}, ….", TELLTALE_OPTION_REQUIRED),
          text_option("user", "Name to log in with."),
          text_option("password", "As !secret NAME.", TELLTALE_OPTION_SECRET),
          with_help(ranged_option("qos", TELLTALE_OPTION_INT, "1", 0, 2), "0, 1 or 2."),
          bool_option("retain", "The broker keeps the last one.", "false"),
          text_option("ca", "A file of certificates to trust, instead of the system's.")};
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
      with_help(section_option("email", email_table()), "Sends a mail."),
      with_help(section_option("mqtt", mqtt_table()), "Publishes to a broker."),
      text_option("body", "Text of a mail or of MQTT, with {text}, {rule}, …; all there is to say if not given."),
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

// SCHEME://HOST[:PORT], nothing else: user and password have items of their own.
void check_server(const std::string& url, std::string_view plain, std::string_view safe, core::SourceMark mark,
                  core::Diagnostics& diagnostics) {
  const auto rest = url.starts_with(plain)  ? std::string_view(url).substr(plain.size())
                    : url.starts_with(safe) ? std::string_view(url).substr(safe.size())
                                            : std::string_view();
  if (!is_server_place(rest))
    diagnostics.error(mark, fmt::format("a server is written {}HOST:PORT or {}HOST:PORT", plain, safe));
}

std::string_view place_in(const std::string& url) { return std::string_view(url).substr(url.find("://") + 3); }

void check_file(const ConfigNode& node, const std::string& file, core::Diagnostics& diagnostics) {
  if (!file.empty() && file.front() != '/') diagnostics.error(mark_of(node, "ca"), "'ca' is a whole path");
}

core::EmailSpec read_email(const core::OptionValue& email, const ConfigNode& node, core::Diagnostics& diagnostics) {
  core::EmailSpec spec;
  spec.url = value_of(email, "server").text;
  spec.from = value_of(email, "from").text;
  for (const auto& item : value_of(email, "to").children) spec.to.push_back(item.text);
  spec.user = value_of(email, "user").text;
  spec.password = value_of(email, "password").text;
  spec.subject = value_of(email, "subject").text;
  spec.ca = value_of(email, "ca").text;
  spec.starttls = value_of(email, "starttls").integer != 0;
  check_server(spec.url, "smtp://", "smtps://", mark_of(node, "server"), diagnostics);
  if (!core::is_mail_address(spec.from))
    diagnostics.error(mark_of(node, "from"), "an address is written name@example.org");
  if (!std::all_of(spec.to.begin(), spec.to.end(), core::is_mail_address)) {
    diagnostics.error(mark_of(node, "to"), "an address is written name@example.org");
  }
  if (spec.to.size() > kMaxRecipients) diagnostics.error(mark_of(node, "to"), "at most 32 addresses");
  if (spec.subject.size() > 200 || !core::is_clean_text(spec.subject)) {
    diagnostics.error(mark_of(node, "subject"), "a subject has at most 200 bytes, without control characters");
  }
  check_login(node, spec.user, spec.password,
              spec.url.starts_with("smtps://") || spec.starttls || is_on_this_machine(place_in(spec.url)), diagnostics);
  check_file(node, spec.ca, diagnostics);
  return spec;
}

core::MqttSpec read_mqtt(const core::OptionValue& mqtt, const ConfigNode& node, core::Diagnostics& diagnostics) {
  core::MqttSpec spec;
  spec.url = value_of(mqtt, "url").text;
  spec.topic = value_of(mqtt, "topic").text;
  spec.user = value_of(mqtt, "user").text;
  spec.password = value_of(mqtt, "password").text;
  spec.ca = value_of(mqtt, "ca").text;
  spec.qos = static_cast<int>(value_of(mqtt, "qos").integer);
  spec.retain = value_of(mqtt, "retain").integer != 0;
  check_server(spec.url, "mqtt://", "mqtts://", mark_of(node, "url"), diagnostics);
  if (spec.topic.size() > 512 || !core::is_clean_text(spec.topic) ||
      spec.topic.find_first_of("+#") != std::string::npos) {
    diagnostics.error(mark_of(node, "topic"), "a topic has at most 512 bytes, without + and #");
  }
  check_login(node, spec.user, spec.password,
              spec.url.starts_with("mqtts://") || is_on_this_machine(place_in(spec.url)), diagnostics);
  check_file(node, spec.ca, diagnostics);
  return spec;
}

// Exactly one of the ways.
void read_way(const core::OptionValue& section, const ConfigNode& node, NotifySpec& spec,
              core::Diagnostics& diagnostics) {
  int ways = 0;
  for (const std::string_view way : {"webhook", "email", "mqtt", "command"}) ways += node.find(way) != nullptr ? 1 : 0;
  if (ways != 1) {
    diagnostics.error(node.mark, "it has one of 'webhook', 'email', 'mqtt' and 'command'");
    return;
  }
  const ConfigNode* const body = node.find("body");
  const bool with_body = node.find("email") != nullptr || node.find("mqtt") != nullptr;
  if (body != nullptr && !with_body) diagnostics.error(body->key_mark, "'body' is of 'email' and 'mqtt' here");
  spec.body = value_of(section, "body").text;
  if (spec.body.size() > kMaxBodyBytes) diagnostics.error(mark_of(node, "body"), "a body has at most 16 KiB");
  if (const ConfigNode* const webhook = node.find("webhook")) {
    read_webhook(value_of(section, "webhook"), *webhook, spec, diagnostics);
  } else if (const ConfigNode* const email = node.find("email")) {
    spec.email = read_email(value_of(section, "email"), *email, diagnostics);
    spec.content_type = "text/plain";
  } else if (const ConfigNode* const mqtt = node.find("mqtt")) {
    spec.mqtt = read_mqtt(value_of(section, "mqtt"), *mqtt, diagnostics);
  }
}

NotifySpec read_one(const ConfigNode& node, core::Diagnostics& diagnostics) {
  const auto section = core::validate_options(notify_table(), node, diagnostics);
  NotifySpec spec;
  spec.id = value_of(section, "id").text;
  if (!spec.id.empty() && !is_id(spec.id)) {
    diagnostics.error(mark_of(node, "id"), "an id is up to 64 small letters, digits, '_' and '-'");
  }
  read_way(section, node, spec, diagnostics);
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
  const auto items = named_items(node, "id", core::kMaxNotifyTargets, "of them", diagnostics);
  all.reserve(items.size());
  for (const ConfigNode* item : items) all.push_back(read_one(*item, diagnostics));
  return all;
}

void check_notified(const ConfigNode* rules, const std::vector<NotifySpec>& targets, core::Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  ids.reserve(targets.size());
  for (const NotifySpec& target : targets) ids.push_back(target.id);
  core::Diagnostics told;  // what is no list was said
  const auto check = [&](const ConfigNode& section) {
    const ConfigNode* const notify = section.find("notify");
    if (notify == nullptr) return;
    std::vector<const ConfigNode*> names;
    if (notify->type == ConfigNode::Type::kScalar) names.push_back(notify);
    for (const ConfigNode& child : notify->children) names.push_back(&child);
    for (const ConfigNode* name : names) {
      if (std::find(ids.begin(), ids.end(), name->scalar) != ids.end()) continue;
      const std::string nearest = core::nearest_word(name->scalar, ids);
      diagnostics.error(name->mark, "'notify' has no '" + core::escape_line(core::cut_utf8(name->scalar, 64)) + "'" +
                                        (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    }
  };
  for (const ConfigNode* rule : list_items(rules, told)) {
    check(*rule);
    for (const ConfigNode* step : list_items(rule->find("escalate"), told)) check(*step);
  }
}

}  // namespace telltale::config
