// GET /api/v1/log
#include <charconv>

#include "daemon/core/log_ring.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

core::Result<std::uint64_t> number_of(const Target& target, std::string_view name, std::uint64_t otherwise,
                                      std::uint64_t most) {
  const auto text = target.find(name);
  if (!text) return otherwise;
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc{} || end != text->data() + text->size() || number > most) {
    return bad_parameter(name, "must be a number from 0 to " + std::to_string(most));
  }
  return number;
}

std::string log_body(const core::LogRing::Lines& found, const Facts& facts) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().text("boot", facts.boot_id).count("next", found.next).count("gone", found.gone);
  json.key("lines").begin_array();
  for (const core::LogLine& line : found.lines) {
    json.begin_object()
        .count("number", line.number)
        .integer("time", core::to_ms(line.time))
        .text("level", core::to_text(line.level))
        .text("part", line.part)
        .text("text", line.text)
        .end_object();
  }
  json.end_array().end_object();
  return body;
}

}  // namespace

void get_log(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"level", "since", "limit"}); !known)
    return respond(problem(known.error()));
  if (context.parts.recent_log == nullptr) return respond(problem(404, "this daemon keeps no lines of its log"));
  const auto level = core::log_level_from(request.target.find("level").value_or("debug"));
  if (!level) return respond(problem(bad_parameter("level", "must be one of error, warning, notice, info and debug")));
  constexpr std::uint64_t kMostNumber = 1ULL << 53U;  // what every reader of JSON can count to
  const auto since = number_of(request.target, "since", 0, kMostNumber);
  if (!since) return respond(problem(since.error()));
  const auto limit = number_of(request.target, "limit", core::LogRing::kMostLines, core::LogRing::kMostLines);
  if (!limit) return respond(problem(limit.error()));
  respond(json_response(log_body(context.parts.recent_log->lines(*since, *level, *limit), context.parts.facts)));
}

}  // namespace telltale::net
