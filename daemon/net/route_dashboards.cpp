// GET /api/v1/dashboards; GET, PUT and DELETE /api/v1/dashboards/NAME
#include <charconv>
#include <cmath>

#include "daemon/net/assets.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

using core::ConfigNode;
using core::Dashboard;
using core::DashboardPtr;

// The version in `"…"`, or all of it; `*` is any.
std::string version_of(std::string_view if_match) {
  if (if_match == "*") return {};
  if (if_match.starts_with("W/")) if_match.remove_prefix(2);
  if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
    if_match = if_match.substr(1, if_match.size() - 2);
  }
  return std::string(if_match);
}

std::string name_of(const Request& request) { return request.target.path.substr(request.target.path.rfind('/') + 1); }

// YAML 1.2, core schema: what a scalar without quotes is.
void write_scalar(JsonWriter& json, const ConfigNode& node) {
  const std::string& text = node.scalar;
  if (!node.quoted && (text == "true" || text == "false")) {
    json.boolean(text == "true");
    return;
  }
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digits = text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  if (!node.quoted && !text.empty() && digits && failure == std::errc{} && end == text.data() + text.size() &&
      std::isfinite(number)) {
    json.number(number);
  } else {
    json.text(text);
  }
}

void write_document(JsonWriter& json, const ConfigNode& node) {
  switch (node.type) {
    case ConfigNode::Type::kNull:
      json.null();
      break;
    case ConfigNode::Type::kScalar:
      write_scalar(json, node);
      break;
    case ConfigNode::Type::kSequence:
      json.begin_array();
      for (const ConfigNode& child : node.children) write_document(json, child);
      json.end_array();
      break;
    case ConfigNode::Type::kMap:
      json.begin_object();
      for (const ConfigNode& child : node.children) write_document(json.key(child.key), child);
      json.end_object();
      break;
  }
}

void write_notes(JsonWriter& json, const core::Diagnostics& diagnostics) {
  json.begin_array();
  for (const core::Diagnostic& item : diagnostics.items()) {
    json.begin_object();
    if (item.mark.line > 0) json.integer("line", item.mark.line).integer("column", item.mark.column);
    json.text("reason", item.message).end_object();
  }
  json.end_array();
}

void write_facts(JsonWriter& json, const Dashboard& dashboard) {
  json.begin_object()
      .text("name", dashboard.name)
      .text("title", dashboard.title)
      .text("file", dashboard.file)
      .boolean("writable", !dashboard.in_config)
      .text("version", dashboard.version);
}

Response with_tag(Response response, const std::string& version) {
  response.headers.emplace_back("ETag", etag_of(version));
  return response;
}

Response refused(const core::Diagnostics& diagnostics, const std::string& report, std::string_view detail) {
  std::string body;
  JsonWriter json(body);
  json.begin_object()
      .text("type", "about:blank")
      .text("title", reason_phrase(422))
      .count("status", 422)
      .text("detail", detail)
      .text("report", report);
  write_notes(json.key("errors"), diagnostics);
  json.end_object();
  Response response = text_response(std::move(body), "application/problem+json");
  response.status = 422;
  return response;
}

Response failed(const core::Error& error) {
  return error.code == core::ErrorCode::kConflict ? problem(412, error.text()) : problem(error);
}

Response list_response(const std::vector<DashboardPtr>& dashboards) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const DashboardPtr& dashboard : dashboards) {
    write_facts(json, *dashboard);
    write_notes(json.key("errors"), dashboard->diagnostics);
    json.end_object();
  }
  json.end_array();
  return json_response(std::move(body));
}

Response one_response(const Dashboard& dashboard, const std::string& if_none_match) {
  if (!if_none_match.empty() && matches_etag(if_none_match, etag_of(dashboard.version))) {
    return with_tag(empty_response(304), dashboard.version);
  }
  if (dashboard.diagnostics.has_errors()) {
    return with_tag(refused(dashboard.diagnostics, dashboard.report, "the dashboard has errors"), dashboard.version);
  }
  std::string body;
  JsonWriter json(body);
  write_facts(json, dashboard);
  json.text("yaml", dashboard.text);
  write_document(json.key("document"), dashboard.document);
  json.end_object();
  return with_tag(json_response(std::move(body)), dashboard.version);
}

Response changed_response(const core::Result<core::DashboardOutcome>& outcome) {
  if (!outcome) return failed(outcome.error());
  if (outcome->diagnostics.has_errors()) {
    return refused(outcome->diagnostics, outcome->report, "the dashboard has errors; nothing was changed");
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object().boolean("applied", outcome->applied).boolean("new", outcome->is_new);
  json.text("version", outcome->version).end_object();
  Response response = json_response(std::move(body));
  return outcome->version.empty() ? response : with_tag(std::move(response), outcome->version);
}

Response none() { return problem(404, "this daemon keeps no dashboards"); }

}  // namespace

void get_dashboards(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::DashboardKeeper* keeper = context.parts.dashboards;
  if (keeper == nullptr) return respond(none());
  answer_from(
      context.facts, context, Asked(request),
      [keeper] {
        const auto list = keeper->list();
        return list ? list_response(*list) : problem(list.error());
      },
      std::move(respond));
}

void get_dashboard(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::DashboardKeeper* keeper = context.parts.dashboards;
  if (keeper == nullptr) return respond(none());
  answer_from(
      context.facts, context, Asked(request),
      [keeper, name = name_of(request), tag = std::string(request.header("if-none-match"))] {
        const auto dashboard = keeper->read(name);
        return dashboard ? one_response(**dashboard, tag) : problem(dashboard.error());
      },
      std::move(respond));
}

void put_dashboard(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"check"}); !known) return respond(problem(known.error()));
  const auto only_check = flag_of(request.target, "check");
  if (!only_check) return respond(problem(only_check.error()));
  core::DashboardKeeper* keeper = context.parts.dashboards;
  if (keeper == nullptr) return respond(none());
  core::DashboardChange change{name_of(request), std::move(request.body), version_of(request.header("if-match")),
                               request.header("if-none-match") == "*", *only_check};
  answer_from(
      context.facts, context, Asked(request),
      [keeper, change = std::move(change)] { return changed_response(keeper->change(change)); }, std::move(respond));
}

void delete_dashboard(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  core::DashboardKeeper* keeper = context.parts.dashboards;
  if (keeper == nullptr) return respond(none());
  answer_from(
      context.facts, context, Asked(request),
      [keeper, name = name_of(request), version = version_of(request.header("if-match"))] {
        const auto removed = keeper->remove(name, version);
        return removed ? empty_response(204) : failed(removed.error());
      },
      std::move(respond));
}

}  // namespace telltale::net
