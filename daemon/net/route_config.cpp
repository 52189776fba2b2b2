// GET and PUT /api/v1/config
#include <memory>

#include "daemon/net/assets.h"
#include "daemon/net/config_refusal.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

Response no_file() {
  return problem(404,
                 "this daemon runs without a configuration file: start it with --config FILE, or install "
                 "/etc/telltale/telltale.yaml");
}

// The version in `"…"`, or all of it; `*` is any.
std::string version_of(std::string_view if_match) {
  if (if_match == "*") return {};
  if (if_match.starts_with("W/")) if_match.remove_prefix(2);
  if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
    if_match = if_match.substr(1, if_match.size() - 2);
  }
  return std::string(if_match);
}

Response taken(const core::ConfigOutcome& outcome) {
  std::string body;
  JsonWriter json(body);
  json.begin_object()
      .boolean("applied", outcome.applied)
      .boolean("restart_needed", outcome.restart_needed)
      .text("kept", outcome.kept);
  json.key("warnings");
  write_diagnostics(json, outcome.diagnostics, core::Diagnostic::Severity::kWarning);
  json.text("report", outcome.report).end_object();
  Response response = json_response(std::move(body));
  if (!outcome.version.empty()) response.headers.emplace_back("ETag", etag_of(outcome.version));
  return response;
}

Response outcome_response(const core::Result<core::ConfigOutcome>& outcome) {
  if (!outcome) {
    Response response = problem(outcome.error());
    if (outcome.error().code == core::ErrorCode::kConflict) response = problem(412, outcome.error().text());
    return response;
  }
  return outcome->diagnostics.has_errors() ? refused_config(outcome->diagnostics, outcome->report) : taken(*outcome);
}

}  // namespace

void get_config(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::ConfigKeeper* config = context.parts.config;
  if (config == nullptr) return respond(no_file());
  answer_from(
      context.facts, context, Asked(request),
      [config] {
        auto read = config->read();
        if (!read) return read.error().code == core::ErrorCode::kNotFound ? no_file() : problem(read.error());
        Response response = text_response(std::move(read->text), "application/yaml");
        response.headers.emplace_back("ETag", etag_of(read->version));
        response.headers.emplace_back("Cache-Control", "no-store");
        return response;
      },
      std::move(respond));
}

void put_config(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"check"}); !known) return respond(problem(known.error()));
  const auto only_check = flag_of(request.target, "check");
  if (!only_check) return respond(problem(only_check.error()));
  core::ConfigKeeper* config = context.parts.config;
  if (config == nullptr) return respond(no_file());
  context.parts.log.notice("{} sent a configuration{}",
                           request.peer.address.empty() ? "a local user" : request.peer.address,
                           *only_check ? " to be checked" : "");
  core::ConfigChange change{std::move(request.body), version_of(request.header("if-match")), *only_check};
  const bool queued =
      context.facts.submit([config, loop = context.loop, respond, change = std::move(change)]() mutable {
        config->change(std::move(change), [loop, respond](core::Result<core::ConfigOutcome> outcome) {
          loop->post([respond, answer = std::make_shared<core::Result<core::ConfigOutcome>>(std::move(outcome))] {
            const bool no_such_file = !*answer && answer->error().code == core::ErrorCode::kNotFound;
            respond(no_such_file ? no_file() : outcome_response(*answer));
          });
        });
      });
  if (!queued) respond(busy("too many requests wait for the disk"));
}

}  // namespace telltale::net
