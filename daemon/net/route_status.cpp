// GET /healthz, /api/v1/status, /api/v1/storage, /ping
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "daemon/core/system_zone.h"
#include "daemon/net/handlers.h"
#include "daemon/net/input_json.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/own_addresses.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"
#include "daemon/net/sink_json.h"

namespace telltale::net {

namespace {

// An input that fails is its own matter; the daemon is unwell when it cannot keep what it is given.
std::vector<std::string> complaints(const core::HistoryStats& history) {
  std::vector<std::string> out;
  if (!history.error.empty()) out.push_back("readings are not being stored: " + history.error);
  if (history.disk_full)
    out.emplace_back("the disk is full: the oldest readings give way to new ones; free some space");
  if (history.journal_capacity > 0 && history.journal_bytes > history.journal_capacity / 10 * 9) {
    out.push_back(fmt::format("the journal is nearly full ({} of {} bytes): the disk does not keep up",
                              history.journal_bytes, history.journal_capacity));
  }
  return out;
}

void write_storage(JsonWriter& json, const core::HistoryStats& stats, core::Duration raw) {
  json.count("bytes", stats.bytes)
      .count("budget", stats.budget)
      .integer("raw", std::chrono::duration_cast<std::chrono::milliseconds>(raw).count())
      .count("samples", stats.samples)
      .count("written_bytes", stats.written_bytes)
      .time("oldest", stats.oldest);
  json.key("tiers").begin_array();
  for (const core::TierStats& tier : stats.tiers) {
    json.begin_object()
        .integer("step", std::chrono::duration_cast<std::chrono::milliseconds>(tier.step).count())
        .count("bytes", tier.bytes)
        .time("first", tier.first)
        .time("last", tier.last)
        .end_object();
  }
  json.end_array();
  json.count("commits", stats.commits)
      .count("journal_bytes", stats.journal_bytes)
      .count("journal_capacity", stats.journal_capacity)
      .count("duplicates", stats.duplicates)
      .count("damaged", stats.damaged)
      .boolean("disk_full", stats.disk_full)
      .text("error", stats.error);
}

void write_pipeline(JsonWriter& json, const core::PipelineStats& stats, double rate) {
  json.count("readings", stats.readings)
      .number("readings_per_second", rate)
      .count("rejected", stats.rejected)
      .count("late", stats.late)
      .count("journal_lost", stats.journal_lost)
      .count("requests_refused", stats.requests_refused)
      .count("series", stats.series)
      .count("watches", stats.watches);
}

void write_server(JsonWriter& json, const HttpCounters& http, const LiveHub::Stats& live) {
  json.count("connections", http.connections)
      .count("viewers", live.viewers)
      .count("subscriptions", live.feeds)
      .count("requests", http.requests)
      .count("refused", http.refused)
      .count("bad_requests", http.bad)
      .count("turned_away", http.turned_away)
      .count("timeouts", http.timeouts)
      .count("frames_encoded", live.encodings)
      .count("frames_sent", live.frames)
      .count("gaps", live.gaps)
      .count("readings_dropped", live.dropped)
      .count("lines_rejected", http.lines_rejected)
      .count("handshakes_failed", http.handshakes_failed)
      .count("handshakes_delayed", http.handshakes_delayed);
}

std::string_view mode_text(TlsMode mode) {
  if (mode == TlsMode::kOff) return "off";
  return mode == TlsMode::kAuto ? "auto" : "files";
}

void write_tls(JsonWriter& json, TlsMode mode, const TlsKeeper::Shown& shown) {
  json.key("tls").begin_object().text("mode", mode_text(mode));
  if (shown.identity != nullptr) {
    const CertificateFacts& facts = shown.identity->facts();
    json.boolean("own", shown.own).key("names").begin_array();
    for (const std::string& name : facts.names) json.text(name);
    json.end_array()
        .integer("not_before", core::to_ms(facts.not_before))
        .integer("not_after", core::to_ms(facts.not_after))
        .text("fingerprint", facts.fingerprint)
        .text("error", shown.error);
  }
  json.end_object();
}

struct StatusFacts {
  Facts facts;
  core::WallTime now;
  bool synchronised = false;
  HttpCounters http;
  LiveHub::Stats live;
  core::PipelineStats pipeline;
  double rate = 0;
  std::string setup_code;  // empty: none, or not for this one
  bool own_socket = false;
  TlsMode tls_mode = TlsMode::kOff;
  TlsKeeper::Shown tls;
  Place place;
};

std::string status_body(const StatusFacts& status, const core::HistoryStats& history,
                        const std::vector<core::InputStatus>& inputs, const std::vector<core::SinkStatus>& sinks,
                        const core::PackageState& package) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().text("version", status.facts.version);
  json.key("device").begin_object().text("name", status.facts.device).text("site", status.facts.site).end_object();
  json.text("boot", status.facts.boot_id)
      .integer("time", core::to_ms(status.now))
      .integer("started_at", core::to_ms(status.facts.started));
  const auto well = complaints(history);
  json.text("health", well.empty() ? "ok" : well.front());
  json.key("clock").begin_object().boolean("synchronised", status.synchronised);
  json.text("zone", core::system_zone(core::ZoneSurroundings::of_this_process())).end_object();
  json.key("package").begin_object().text("installed", package.installed);
  json.boolean("restart", package.restart).end_object();
  json.key("pipeline").begin_object();
  write_pipeline(json, status.pipeline, status.rate);
  json.end_object().key("storage").begin_object();
  write_storage(json, history, status.facts.raw);
  json.end_object().key("server").begin_object();
  write_server(json, status.http, status.live);
  json.end_object();
  write_tls(json, status.tls_mode, status.tls);
  json.key("inputs").begin_array();
  for (const core::InputStatus& input : inputs) write_input(json, input);
  json.end_array().key("sinks").begin_array();
  for (const core::SinkStatus& sink : sinks) write_sink(json, sink);
  json.end_array();
  if (!status.setup_code.empty()) json.text("setup_code", status.setup_code);
  if (status.own_socket) {
    json.key("files").begin_object().text("state", status.facts.state_directory);
    json.text("config", status.facts.config_file).end_object();
    json.key("addresses").begin_array();
    for (const std::string& url : urls_of(status.place, host_names(), own_addresses())) json.text(url);
    json.end_array();
  }
  json.end_object();
  return body;
}

}  // namespace

void get_health(Context& context, Request request, Respond respond) {
  auto& history = context.parts.history;
  answer_from(
      context.facts, context, Asked(request),
      [&history] {
        const auto wrong = complaints(history.stats());
        if (wrong.empty()) return json_response(R"({"status":"ok"})");
        return problem(503, fmt::format("{}", fmt::join(wrong, "; ")));
      },
      std::move(respond));
}

void get_status(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  const Dependencies& parts = context.parts;
  StatusFacts status{parts.facts,
                     parts.clock.wall_now(),
                     parts.clock.synchronised(),
                     context.counters,
                     context.hub.stats(),
                     parts.pipeline.stats(),
                     context.rate.rate(),
                     {},
                     false,
                     TlsMode::kOff,
                     {},
                     context.place};
  if (context.tls != nullptr) {
    status.tls_mode = context.tls->mode();
    status.tls = context.tls->shown();
  }
  status.own_socket = request.peer.kind == PeerKind::kUnixSocket;
  // Who may use the device's own socket may set it up.
  if (request.peer.kind == PeerKind::kUnixSocket && parts.accounts != nullptr) {
    status.setup_code = parts.accounts->setup_code();
  }
  auto& history = context.parts.history;
  auto& inputs = context.parts.inputs;
  answer_from(
      context.facts, context, Asked(request),
      [status = std::move(status), &history, &inputs, package = parts.package, out = parts.sinks] {
        const auto installed = package == nullptr ? core::PackageState{} : package->state();
        return json_response(status_body(status, history.stats(), inputs.inputs(),
                                         out == nullptr ? std::vector<core::SinkStatus>() : out->sinks(), installed));
      },
      std::move(respond));
}

void get_storage(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  auto& history = context.parts.history;
  answer_from(
      context.facts, context, Asked(request),
      [&history, raw = context.parts.facts.raw] {
        std::string body;
        JsonWriter json(body);
        json.begin_object();
        write_storage(json, history.stats(), raw);
        json.end_object();
        return json_response(std::move(body));
      },
      std::move(respond));
}

// What clients of InfluxDB ask before they write.
void get_ping(Context& context, Request request, Respond respond) {
  (void)request;
  Response response = empty_response(204);
  response.headers.emplace_back("X-Influxdb-Build", "telltale");
  response.headers.emplace_back("X-Influxdb-Version", context.parts.facts.version);
  respond(std::move(response));
}

}  // namespace telltale::net
