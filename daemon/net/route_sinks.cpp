// GET /api/v1/sinks
#include <utility>

#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"
#include "daemon/net/sink_json.h"

namespace telltale::net {

namespace {

std::int64_t ms(core::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

void write_parked(JsonWriter& json, const std::vector<core::ParkedBatch>& parked) {
  json.key("last_parked").begin_array();
  for (const core::ParkedBatch& batch : parked) {
    json.begin_object()
        .time("time", batch.at)
        .text("series", batch.series)
        .time("from", batch.from)
        .time("to", batch.to)
        .count("readings", batch.readings)
        .text("reason", batch.reason)
        .end_object();
  }
  json.end_array();
}

}  // namespace

void write_sink(JsonWriter& json, const core::SinkStatus& sink) {
  const core::InputStatus& instance = sink.instance;
  json.begin_object()
      .text("id", instance.id)
      .text("plugin", instance.plugin)
      .text("version", instance.version)
      .text("isolation", instance.isolation)
      .text("state", core::to_text(instance.state))
      .text("reason", instance.reason)
      .text("last_error", instance.last_error)
      .time("last_error_at", instance.last_error_at)
      .time("started_at", instance.started_at)
      .integer("pid", instance.pid)
      .count("restarts", instance.restarts)
      .count("series", sink.series)
      .count("sent", sink.sent)
      .count("batches", sink.batches)
      .count("retries", sink.retries)
      .count("parked", sink.parked)
      .count("waiting", sink.waiting)
      .count("held", sink.held)
      .integer("backlog", ms(sink.backlog))
      .time("owed_since", sink.owed_since)
      .time("last_sent_at", sink.last_sent_at)
      .integer("lost", ms(sink.lost))
      .time("lost_from", sink.lost_from)
      .time("lost_to", sink.lost_to)
      .count("lost_readings", sink.lost_readings)
      .count("lost_series", sink.lost_series);
  json.key("counters").begin_object();
  for (const auto& [name, count] : instance.counters) json.count(name, count);
  json.end_object();
  write_parked(json, sink.last_parked);
  json.end_object();
}

void get_sinks(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  if (context.parts.sinks != nullptr) {
    for (const core::SinkStatus& sink : context.parts.sinks->sinks()) write_sink(json, sink);
  }
  json.end_array();
  respond(json_response(std::move(body)));
}

}  // namespace telltale::net
