// POST /api/v1/write, /api/v2/write, /write: Influx line protocol
#include <optional>

#include "daemon/core/escape.h"
#include "daemon/core/gzip.h"
#include "daemon/net/handlers.h"
#include "daemon/net/parameters.h"
#include "daemon/net/posted_lines.h"

namespace telltale::net {

namespace {

constexpr std::size_t kMostUnit = 32;

core::Result<payload::TimePrecision> precision_of(const Target& target) {
  const auto word = target.find("precision");
  if (!word || word->empty() || *word == "n") return payload::TimePrecision::kNanoseconds;
  if (const auto precision = payload::time_precision_from(*word)) return *precision;
  return bad_parameter("precision", "must be ns, us, ms or s");
}

core::Result<LineDefaults> defaults_of(const Target& target) {
  LineDefaults defaults;
  if (const auto unit = target.find("unit")) {
    if (unit->size() > kMostUnit || core::escape_line(*unit) != *unit) {
      return bad_parameter("unit", "must be at most 32 bytes of plain text, such as °C");
    }
    defaults.unit = *unit;
  }
  const auto kind = target.find("kind");
  if (!kind) return defaults;
  if (*kind == "gauge") defaults.kind = core::SeriesKind::kGauge;
  if (*kind == "counter") defaults.kind = core::SeriesKind::kCounter;
  if (*kind == "state") defaults.kind = core::SeriesKind::kState;
  if (*kind == "event") defaults.kind = core::SeriesKind::kEvent;
  if (!defaults.kind) return bad_parameter("kind", "must be gauge, counter, state or event");
  return defaults;
}

Response outcome_response(const core::PostOutcome& outcome, LineReport report) {
  report.accepted = outcome.accepted;
  if (outcome.rejected > 0 && report.first.size() < kMaxLineProblems) {
    report.first.push_back({0, 0, outcome.first_reason});
  }
  report.rejected += outcome.rejected;
  return report.rejected == 0 ? empty_response(204) : line_problem(report);
}

// A full journal is the disk's fault and passes: a client that reads 4xx would throw its readings away.
Response failure_response(const core::Error& error) {
  return error.code == core::ErrorCode::kLimit ? busy(error.text()) : problem(error);
}

}  // namespace

void post_write(Context& context, Request request, Respond respond) {
  const auto precision = precision_of(request.target);
  if (!precision) return respond(problem(precision.error()));
  const auto durable = flag_of(request.target, "durable");
  if (!durable) return respond(problem(durable.error()));
  const auto body =
      core::plain_body(std::move(request.body), request.header("content-encoding"), context.limits.write_bytes);
  if (!body)
    return respond(body.error().code == core::ErrorCode::kLimit ? problem(413, body.error().message)
                                                                : problem(body.error()));
  const auto defaults = defaults_of(request.target);
  if (!defaults) return respond(problem(defaults.error()));
  PostedLines posted = read_lines(*body, *precision, *defaults);
  context.counters.lines_rejected += posted.report.rejected;
  if (posted.readings.empty()) {
    return respond(posted.report.rejected == 0 ? empty_response(204) : line_problem(posted.report));
  }
  context.parts.pipeline.post(
      std::move(posted.readings), *durable,
      [loop = context.loop, respond, report = std::move(posted.report)](core::Result<core::PostOutcome> outcome) {
        auto answer = std::make_shared<core::Result<core::PostOutcome>>(std::move(outcome));
        loop->post([respond, answer, report] {
          respond(*answer ? outcome_response(**answer, report) : failure_response(answer->error()));
        });
      });
}

}  // namespace telltale::net
