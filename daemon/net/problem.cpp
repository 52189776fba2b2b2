#include "daemon/net/problem.h"

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/net/json_writer.h"

namespace telltale::net {

namespace {

JsonWriter& begin_problem(JsonWriter& json, unsigned status, std::string_view detail) {
  return json.begin_object()
      .text("type", "about:blank")
      .text("title", reason_phrase(status))
      .count("status", status)
      .text("detail", detail);
}

Response finish_problem(unsigned status, std::string body) {
  Response response = text_response(std::move(body), "application/problem+json");
  response.status = status;
  return response;
}

std::string sentence(const LineReport& report) {
  if (report.first.empty()) return fmt::format("{} readings were refused", report.rejected);
  const LineProblem& first = report.first.front();
  std::string text = first.line == 0 ? first.reason : fmt::format("line {}: {}", first.line, first.reason);
  if (report.rejected > 1) text += fmt::format(" (and {} more)", report.rejected - 1);
  return text + fmt::format("; {} readings of the other lines were kept", report.accepted);
}

}  // namespace

Response problem(unsigned status, std::string_view detail) {
  std::string body;
  JsonWriter json(body);
  begin_problem(json, status, detail).end_object();
  return finish_problem(status, std::move(body));
}

unsigned status_of(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::kInvalid:
      return 400;
    case core::ErrorCode::kNotFound:
      return 404;
    case core::ErrorCode::kConflict:
      return 409;
    case core::ErrorCode::kLimit:
      return 422;
    case core::ErrorCode::kUnavailable:
      return 503;
    case core::ErrorCode::kTimeout:
      return 504;
    case core::ErrorCode::kDenied:
      return 403;
    case core::ErrorCode::kCorrupt:
    case core::ErrorCode::kIo:
    case core::ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

Response problem(const core::Error& error) {
  Response response = problem(status_of(error.code), error.text());
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response busy(std::string_view detail, unsigned retry_after_s) {
  Response response = problem(503, detail);
  response.headers.emplace_back("Retry-After", fmt::format("{}", retry_after_s));
  return response;
}

Response line_problem(const LineReport& report) {
  std::string body;
  JsonWriter json(body);
  begin_problem(json, 400, sentence(report));
  json.count("accepted", report.accepted).count("rejected", report.rejected);
  json.key("errors").begin_array();
  for (const LineProblem& item : report.first) {
    json.begin_object();
    if (item.line != 0) json.count("line", item.line);
    if (item.column != 0) json.count("column", item.column);
    json.text("reason", item.reason).end_object();
  }
  json.end_array().end_object();
  return finish_problem(400, std::move(body));
}

}  // namespace telltale::net
