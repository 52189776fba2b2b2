// GET /api/v1/derived
#include <memory>
#include <utility>
#include <vector>

#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

void write_tariff(JsonWriter& json, const core::DerivedSpec& spec) {
  json.text("zone", spec.zone).key("tariff").begin_array();
  for (const core::TariffStep& step : spec.tariff) {
    json.begin_object()
        .integer("days", step.when.days)
        .integer("from", step.when.begin)
        .integer("to", step.when.end)
        .number("price", step.price)
        .end_object();
  }
  json.end_array();
}

std::string derived_body(const std::vector<core::DerivedStatus>& all) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const core::DerivedStatus& one : all) {
    json.begin_object()
        .text("name", one.spec.name)
        .text("expr", one.spec.expression->text)
        .text("unit", one.spec.unit)
        .text("kind", core::to_text(one.spec.kind))
        .count("series", one.series)
        .text("problem", one.problem);
    if (!one.spec.tariff.empty()) write_tariff(json, one.spec);
    json.end_object();
  }
  json.end_array();
  return body;
}

}  // namespace

void get_derived(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  if (context.parts.rules == nullptr) return respond(json_response("[]"));
  context.parts.rules->derived([loop = context.loop, respond = std::move(respond)](auto all) {
    auto answer = std::make_shared<std::vector<core::DerivedStatus>>(std::move(all));
    loop->post([respond, answer] { respond(json_response(derived_body(*answer))); });
  });
}

}  // namespace telltale::net
