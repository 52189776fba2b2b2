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

std::string derived_body(const std::vector<core::DerivedStatus>& all) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const core::DerivedStatus& one : all) {
    json.begin_object()
        .text("name", one.name)
        .text("expr", one.expression)
        .text("unit", one.unit)
        .text("kind", one.kind)
        .count("series", one.series)
        .text("problem", one.problem)
        .end_object();
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
