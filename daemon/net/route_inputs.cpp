// GET /api/v1/inputs, /api/v1/inputs/ID; POST /api/v1/inputs/ID/restart; GET /api/v1/plugins
#include <algorithm>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/net/handlers.h"
#include "daemon/net/input_json.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void write_counts(JsonWriter& json, std::string_view name, const std::map<std::string, std::uint64_t>& counts) {
  json.key(name).begin_object();
  for (const auto& [key, count] : counts) json.count(key, count);
  json.end_object();
}

JsonWriter& text_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  return text.empty() ? json.null() : json.text(text);
}

void write_crash(JsonWriter& json, const core::CrashReport& crash) {
  json.key("crash").begin_object().time("time", crash.at).text("cause", crash.cause);
  text_or_null(json, "signal", crash.signal);
  write_texts(json, "backtrace", crash.backtrace);
  write_texts(json, "last_lines", crash.last_lines);
  text_or_null(json, "denied", crash.denied).count("count", crash.count).end_object();
}

void write_refused(JsonWriter& json, const std::optional<core::RefusedPayloads>& refused) {
  std::uint64_t count = 0;
  json.key("refused").begin_object();
  write_counts(json, "reasons", refused ? refused->reasons : std::map<std::string, std::uint64_t>());
  if (refused) {
    for (const auto& [reason, number] : refused->reasons) count += number;
  }
  json.count("count", count).key("last");
  if (!refused) {
    json.null().end_object();
    return;
  }
  json.begin_object().time("time", refused->at).text("reason", refused->reason);
  text_or_null(json, "source", refused->source);
  text_or_null(json, "detail", refused->detail)
      .text("payload", refused->payload)
      .count("bytes", refused->bytes)
      .end_object()
      .end_object();
}

void write_polling(JsonWriter& json, const core::PollTimes& times) {
  const auto ms = [](core::Duration duration) { return static_cast<double>(duration.count()) / 1e6; };
  json.key("polling")
      .begin_object()
      .number("interval_ms", ms(times.interval))
      .count("polls", times.polls)
      .count("skipped", times.skipped)
      .number("late_p99_ms", ms(times.late_p99))
      .number("late_max_ms", ms(times.late_max))
      .number("run_p99_ms", ms(times.run_p99))
      .number("run_max_ms", ms(times.run_max))
      .end_object();
}

}  // namespace

void write_input(JsonWriter& json, const core::InputStatus& input) {
  json.begin_object()
      .text("id", input.id)
      .text("plugin", input.plugin)
      .text("version", input.version)
      .text("isolation", input.isolation)
      .text("state", core::to_text(input.state))
      .text("reason", input.reason)
      .text("last_error", input.last_error)
      .time("last_error_at", input.last_error_at)
      .time("started_at", input.started_at)
      .time("retry_at", input.retry_at)
      .time("last_reading_at", input.last_reading_at)
      .integer("pid", input.pid)
      .count("restarts", input.restarts)
      .count("readings", input.readings)
      .count("dropped", input.dropped)
      .count("corrupt", input.corrupt)
      .boolean("update_available", input.update_available);
  write_counts(json, "counters", input.counters);
  write_refused(json, input.refused);
  write_counts(json, "denied", input.denied);
  write_texts(json, "last_lines", input.last_lines);
  if (input.polling) write_polling(json, *input.polling);
  if (input.crash) write_crash(json, *input.crash);
  json.end_object();
}

namespace {

// "/api/v1/inputs/ID" or "/api/v1/inputs/ID/restart"
std::string id_of(const Target& target) {
  constexpr std::string_view kPrefix = "/api/v1/inputs/";
  const std::string_view rest = std::string_view(target.path).substr(kPrefix.size());
  return std::string(rest.substr(0, rest.find('/')));
}

Response no_such_input(const std::string& id, const std::vector<core::InputStatus>& inputs) {
  std::vector<std::string> ids;
  ids.reserve(inputs.size());
  for (const core::InputStatus& input : inputs) ids.push_back(input.id);
  std::string detail = "there is no input '" + core::escape_line(core::cut_utf8(id, 64)) + "'";
  if (const std::string near = core::nearest_word(id, ids); !near.empty()) detail += ": did you mean '" + near + "'?";
  return problem(404, detail);
}

}  // namespace

void get_inputs(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const core::InputStatus& input : context.parts.inputs.inputs()) write_input(json, input);
  json.end_array();
  respond(json_response(std::move(body)));
}

void get_input(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  const std::string id = id_of(request.target);
  const auto inputs = context.parts.inputs.inputs();
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const auto& input) { return input.id == id; });
  if (found == inputs.end()) return respond(no_such_input(id, inputs));
  std::string body;
  JsonWriter json(body);
  write_input(json, *found);
  respond(json_response(std::move(body)));
}

void restart_input(Context& context, Request request, Respond respond) {
  const std::string id = id_of(request.target);
  const auto inputs = context.parts.inputs.inputs();
  if (std::none_of(inputs.begin(), inputs.end(), [&](const auto& input) { return input.id == id; })) {
    return respond(no_such_input(id, inputs));
  }
  if (auto done = context.parts.inputs.restart(id); !done) return respond(problem(done.error()));
  context.parts.log.notice("input {} is restarted on request of {}", id,
                           request.peer.address.empty() ? "a local user" : request.peer.address);
  respond(empty_response(204));
}

void get_plugins(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::PluginCatalog* plugins = context.parts.plugins;
  if (plugins == nullptr) return respond(json_response("[]"));
  // Describing a plugin may start a process.
  answer_from(
      context.facts, context, Asked(request),
      [plugins] {
        std::string body;
        JsonWriter json(body);
        json.begin_array();
        for (const std::string& name : plugins->names()) {
          const auto found = plugins->find(name);
          json.begin_object().text("name", name);
          if (found) {
            json.text("version", found->version).text("summary", found->summary);
          } else {
            json.text("error", found.error().text());
          }
          json.end_object();
        }
        json.end_array();
        return json_response(std::move(body));
      },
      std::move(respond));
}

}  // namespace telltale::net
