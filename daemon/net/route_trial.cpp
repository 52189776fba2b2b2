// POST /api/v1/alarms/NAME/try
#include <string>
#include <string_view>
#include <utility>

#include "daemon/core/units.h"
#include "daemon/net/config_refusal.h"
#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

constexpr core::Duration kLongest = std::chrono::days(366);

Response outcome_body(const core::TrialOutcome& outcome) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().integer("from", core::to_ms(outcome.from)).integer("to", core::to_ms(outcome.to));
  out.boolean("complete", outcome.complete).count("readings", outcome.readings).count("fired", outcome.fired);
  out.key("firings").begin_array();
  for (const core::Firing& one : outcome.firings) {
    out.begin_object().key("labels").begin_object();
    for (const auto& [name, value] : one.labels) out.text(name, value);
    out.end_object().integer("fired", core::to_ms(one.fired)).time("over", one.over).number("value", one.value);
    out.end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(body));
}

core::Result<core::WallTime> time_in(const Target& target, std::string_view name, std::string_view otherwise,
                                     core::WallTime now) {
  auto time = core::parse_time(target.find(name).value_or(otherwise), now);
  if (!time) return bad_parameter(name, time.error().message);
  return *time;
}

}  // namespace

void try_alarm(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"from", "to"}); !known) return respond(problem(known.error()));
  const core::WallTime now = context.parts.clock.wall_now();
  const auto from = time_in(request.target, "from", "now-30d", now);
  if (!from) return respond(problem(from.error()));
  const auto to = time_in(request.target, "to", "now", now);
  if (!to) return respond(problem(to.error()));
  if (*to <= *from || *to - *from > kLongest) {
    return respond(problem(400, "'from' must be before 'to', by at most 366 days"));
  }
  core::RuleTrier* const trier = context.parts.trier;
  if (trier == nullptr) return respond(problem(404, "this daemon tries no rules"));
  constexpr std::string_view kPrefix = "/api/v1/alarms/";
  const std::string_view rest = std::string_view(request.target.path).substr(kPrefix.size());
  core::RuleTrial trial{std::string(rest.substr(0, rest.rfind('/'))), request.body, *from, *to, nullptr};
  answer_from(
      context.queries, context, Asked(request),
      [trier, trial = std::move(trial), cancelled = request.cancelled]() mutable {
        trial.cancel = cancelled.get();
        const auto outcome = trier->run(trial);
        if (!outcome && outcome.error().code == core::ErrorCode::kUnavailable) return busy(outcome.error().message);
        if (!outcome) return problem(outcome.error());
        return outcome->diagnostics.has_errors() ? refused_config(outcome->diagnostics, outcome->report)
                                                 : outcome_body(*outcome);
      },
      std::move(respond));
}

}  // namespace telltale::net
