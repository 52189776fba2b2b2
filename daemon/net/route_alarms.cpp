// GET /api/v1/alarms, POST /api/v1/alarms/NAME/ack and /silence
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxCommentBytes = 512;
constexpr std::size_t kMaxWhoBytes = 64;
constexpr core::Duration kLongestSilence = std::chrono::days(30);

void write_series(JsonWriter& out, const core::RuleSpec& rule) {
  out.key("series").begin_array();
  const auto add = [&out](const core::Selector& selector) {
    const std::string& text = selector.text();
    out.text(selector.window_stat() ? std::string_view(text).substr(0, text.rfind('@')) : std::string_view(text));
  };
  if (rule.series) add(*rule.series);
  if (rule.when) {
    for (const core::SeriesReference& reference : rule.when->references) {
      if (reference.look == core::Look::kValue) add(reference.selector);
    }
  }
  out.end_array();
}

void write_rule(JsonWriter& out, const core::RuleSpec& rule) {
  using Kind = core::RuleSpec::Kind;
  const bool silent = rule.kind == Kind::kSilent;
  out.text("severity", core::to_text(rule.severity));
  out.text("kind", rule.kind == Kind::kWhen ? "when" : silent ? "silent" : "stuck");
  std::string condition = rule.when ? rule.when->text : std::string();
  if (rule.kind != Kind::kWhen) {
    const bool automatic = rule.limit == core::Duration{};
    condition = std::string(silent ? "no reading for " : "the same value for ") +
                (automatic ? "longer than usual" : core::format_duration(rule.limit));
  }
  out.text("when", condition).text("clear", rule.clear ? rule.clear->text : std::string());
  out.text("for", core::format_duration(rule.hold)).text("message", rule.message).text("parent", rule.parent);
  write_series(out, rule);
}

std::string alarms_body(const std::vector<core::AlarmStatus>& alarms) {
  std::string body;
  JsonWriter out(body);
  out.begin_array();
  for (const core::AlarmStatus& alarm : alarms) {
    out.begin_object().text("rule", alarm.spec.name).key("labels").begin_object();
    for (const auto& [name, value] : alarm.labels) out.text(name, value);
    out.end_object().text("state", core::to_text(alarm.state));
    if (alarm.since == core::WallTime{}) {
      out.key("since").null();
    } else {
      out.integer("since", core::to_ms(alarm.since));
    }
    out.number("value", alarm.value);
    write_rule(out, alarm.spec);
    out.text("by", alarm.by).text("comment", alarm.comment);
    out.time("silenced", alarm.silenced).boolean("flapping", alarm.flapping).text("problem", alarm.problem);
    out.end_object();
  }
  out.end_array();
  return body;
}

core::Error bad(std::string what) { return core::make_error(core::ErrorCode::kInvalid, std::move(what)); }

// /api/v1/alarms/RULE/what
std::string rule_of(const Target& target) {
  const std::string_view rest = std::string_view(target.path).substr(std::string_view("/api/v1/alarms/").size());
  return std::string(rest.substr(0, rest.rfind('/')));
}

// What somebody says about an alarm.
struct Wish {
  core::AlarmChoice choice;
  std::string who;
  std::string comment;
  core::Duration length{};
};

core::Result<std::string> text_in(const json::object& object, std::string_view name, std::size_t most) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr) return std::string();
  const json::string* const text = value->if_string();
  const std::string_view given = text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
  if (text == nullptr || given.size() > most || !core::is_clean_text(given)) {
    return bad('"' + std::string(name) + "\" must be a text of at most " + std::to_string(most) +
               " bytes, without control characters");
  }
  return std::string(given);
}

core::Result<core::Labels> labels_in(const json::object& object) {
  core::Labels labels;
  const json::value* const value = object.if_contains("labels");
  if (value == nullptr) return labels;
  const json::object* const map = value->if_object();
  if (map == nullptr || map->size() > core::kMaxLabels) return bad("\"labels\" must be an object of texts");
  for (const auto& member : *map) {
    const json::string* const text = member.value().if_string();
    if (text == nullptr) return bad("\"labels\" must be an object of texts");
    labels.emplace_back(std::string(member.key().data(), member.key().size()), std::string(text->data(), text->size()));
  }
  return labels;
}

core::Result<json::object> object_of(std::string_view body, bool with_length) {
  if (body.empty()) return json::object();
  json::parse_options options;
  options.max_depth = 4;
  boost::system::error_code failed;
  json::value document = json::parse(json::string_view(body.data(), body.size()), failed, {}, options);
  if (failed || !document.is_object()) return bad("the body must be a JSON object, {\"comment\": \"seen\"}");
  for (const auto& member : document.get_object()) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "comment" || key == "who" || key == "labels" || (with_length && key == "for")) continue;
    return bad("unknown key '" + core::escape_line(core::cut_utf8(key, 64)) + "': there are comment, who, labels" +
               (with_length ? ", for" : ""));
  }
  return std::move(document.get_object());
}

core::Result<Wish> read_wish(const Request& request, bool with_length) {
  auto object = object_of(request.body, with_length);
  if (!object) return object.error();
  Wish wish;
  wish.choice.rule = rule_of(request.target);
  auto labels = labels_in(*object);
  if (!labels) return labels.error();
  wish.choice.labels = std::move(*labels);
  auto comment = text_in(*object, "comment", kMaxCommentBytes);
  if (!comment) return comment.error();
  wish.comment = std::move(*comment);
  auto who = text_in(*object, "who", kMaxWhoBytes);
  if (!who) return who.error();
  // Who has logged in is who it is; whoever is on the device says so.
  wish.who = request.identity ? request.identity->who : who->empty() ? std::string("somebody here") : std::move(*who);
  if (!with_length) return wish;
  auto length_text = text_in(*object, "for", 32);
  if (!length_text) return length_text.error();
  const auto length = core::parse_duration(length_text->empty() ? "1h" : *length_text);
  if (!length || *length > kLongestSilence)
    return bad("\"for\" must be a duration such as 2h, at most 30d; 0s ends it");
  wish.length = *length;
  return wish;
}

Response no_rules() { return problem(404, "this daemon has no rules"); }

std::function<void(core::Result<std::uint64_t>)> answer_count(const Context& context, Respond respond) {
  return [loop = context.loop, respond = std::move(respond)](core::Result<std::uint64_t> count) {
    loop->post([respond, count = std::move(count)] {
      if (!count) return respond(problem(count.error()));
      std::string body;
      JsonWriter(body).begin_object().count("alarms", *count).end_object();
      respond(json_response(std::move(body)));
    });
  };
}

}  // namespace

void get_alarms(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  if (context.parts.rules == nullptr) return respond(json_response("[]"));
  context.parts.rules->alarms([loop = context.loop, respond = std::move(respond)](auto alarms) {
    auto answer = std::make_shared<std::vector<core::AlarmStatus>>(std::move(alarms));
    loop->post([respond, answer] { respond(json_response(alarms_body(*answer))); });
  });
}

void acknowledge_alarm(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  auto wish = read_wish(request, false);
  if (!wish) return respond(problem(wish.error()));
  if (context.parts.rules == nullptr) return respond(no_rules());
  context.parts.rules->acknowledge(std::move(wish->choice), std::move(wish->who), std::move(wish->comment),
                                   answer_count(context, std::move(respond)));
}

void silence_alarm(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  auto wish = read_wish(request, true);
  if (!wish) return respond(problem(wish.error()));
  if (context.parts.rules == nullptr) return respond(no_rules());
  context.parts.rules->silence(std::move(wish->choice), wish->length, std::move(wish->who), std::move(wish->comment),
                               answer_count(context, std::move(respond)));
}

}  // namespace telltale::net
