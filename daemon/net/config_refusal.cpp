#include "daemon/net/config_refusal.h"

#include <utility>

#include "daemon/net/problem.h"

namespace telltale::net {

void write_diagnostics(JsonWriter& json, const core::Diagnostics& diagnostics, core::Diagnostic::Severity wanted) {
  json.begin_array();
  for (const core::Diagnostic& item : diagnostics.items()) {
    if (item.severity != wanted) continue;
    json.begin_object();
    if (item.mark.line > 0) json.integer("line", item.mark.line).integer("column", item.mark.column);
    json.text("reason", item.message).end_object();
  }
  json.end_array();
}

Response refused_config(const core::Diagnostics& diagnostics, const std::string& report) {
  std::string body;
  JsonWriter json(body);
  json.begin_object()
      .text("type", "about:blank")
      .text("title", reason_phrase(422))
      .count("status", 422)
      .text("detail", "the configuration has errors; nothing was changed")
      .text("report", report);
  json.key("errors");
  write_diagnostics(json, diagnostics, core::Diagnostic::Severity::kError);
  json.end_object();
  Response response = text_response(std::move(body), "application/problem+json");
  response.status = 422;
  return response;
}

}  // namespace telltale::net
