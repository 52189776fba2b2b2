// GET /metrics
#include <algorithm>
#include <iterator>

#include "daemon/net/handlers.h"
#include "daemon/net/metrics_text.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

using Type = MetricsText::Type;

void counter(MetricsText& out, std::string_view name, std::string_view help, std::uint64_t value) {
  out.family(name, Type::kCounter, help);
  out.sample(static_cast<double>(value));
}

void gauge(MetricsText& out, std::string_view name, std::string_view help, double value) {
  out.family(name, Type::kGauge, help);
  out.sample(value);
}

void add_daemon(MetricsText& out, const Facts& facts) {
  out.family("telltale_info", Type::kInfo, "The daemon.");
  out.sample(1, {{"version", facts.version}, {"device", facts.device}, {"site", facts.site}});
  gauge(out, "telltale_start_time_seconds", "When the daemon started, since the epoch.",
        static_cast<double>(core::to_ms(facts.started)) / 1e3);
}

void add_pipeline(MetricsText& out, const core::PipelineStats& stats) {
  counter(out, "telltale_pipeline_readings_total", "Readings taken.", stats.readings);
  counter(out, "telltale_pipeline_rejected_total", "Readings refused.", stats.rejected);
  counter(out, "telltale_pipeline_late_total", "Readings older than the newest of their series.", stats.late);
  counter(out, "telltale_pipeline_journal_lost_total", "Readings shown but not kept.", stats.journal_lost);
  counter(out, "telltale_pipeline_requests_refused_total", "Requests beyond the queue.", stats.requests_refused);
  gauge(out, "telltale_series", "Series known.", static_cast<double>(stats.series));
  gauge(out, "telltale_watches", "Window statistics somebody looks at.", static_cast<double>(stats.watches));
}

void add_history(MetricsText& out, const core::HistoryStats& stats) {
  gauge(out, "telltale_store_bytes", "Bytes of everything in the state directory.", static_cast<double>(stats.bytes));
  gauge(out, "telltale_store_budget_bytes", "The cap on them; 0: none.", static_cast<double>(stats.budget));
  gauge(out, "telltale_store_samples", "Readings kept.", static_cast<double>(stats.samples));
  counter(out, "telltale_store_written_bytes_total", "Bytes handed to the disk.", stats.written_bytes);
  counter(out, "telltale_store_commits_total", "Commits.", stats.commits);
  out.histogram("telltale_store_commit_seconds", "Of a commit, until it is on the disk.", stats.commit_times);
  counter(out, "telltale_store_damaged_total", "Blocks that queries could not read.", stats.damaged);
  counter(out, "telltale_store_duplicates_total", "Readings that replaced one of the same time.", stats.duplicates);
  gauge(out, "telltale_journal_bytes", "Bytes waiting for the next commit.", static_cast<double>(stats.journal_bytes));
  gauge(out, "telltale_journal_capacity_bytes", "Bytes the journal can hold.",
        static_cast<double>(stats.journal_capacity));
  gauge(out, "telltale_store_healthy", "1 while commits succeed.", stats.error.empty() ? 1 : 0);
  out.family("telltale_store_tier_bytes", Type::kGauge, "Bytes of the buckets of that many seconds.");
  for (const core::TierStats& tier : stats.tiers) {
    out.sample(static_cast<double>(tier.bytes), {{"step", std::to_string(tier.step / std::chrono::seconds(1))}});
  }
}

void add_server(MetricsText& out, const HttpCounters& http, const LiveHub::Stats& live) {
  gauge(out, "telltale_connections", "Connections open.", static_cast<double>(http.connections));
  gauge(out, "telltale_viewers", "Live connections open.", static_cast<double>(live.viewers));
  gauge(out, "telltale_subscriptions", "Different subscriptions encoded.", static_cast<double>(live.feeds));
  counter(out, "telltale_http_requests_total", "Requests.", http.requests);
  counter(out, "telltale_http_refused_total", "Requests refused by the access rules.", http.refused);
  counter(out, "telltale_http_bad_total", "Other requests answered with 400 and above.", http.bad);
  counter(out, "telltale_http_turned_away_total", "Connections beyond a limit.", http.turned_away);
  counter(out, "telltale_http_timeouts_total", "Connections closed at a deadline.", http.timeouts);
  counter(out, "telltale_tls_handshakes_failed_total", "Handshakes of TLS that failed.", http.handshakes_failed);
  counter(out, "telltale_tls_handshakes_delayed_total", "Handshakes of TLS that waited because too many began at once.",
          http.handshakes_delayed);
  counter(out, "telltale_lines_rejected_total", "Posted lines refused.", http.lines_rejected);
  counter(out, "telltale_live_readings_total", "Readings given to the live hub.", live.readings);
  counter(out, "telltale_live_dropped_total", "Readings the live hub's queue could not take.", live.dropped);
  counter(out, "telltale_live_encoded_total", "Frames encoded.", live.encodings);
  counter(out, "telltale_live_frames_total", "Frames sent.", live.frames);
  counter(out, "telltale_live_gaps_total", "Gaps announced.", live.gaps);
  counter(out, "telltale_live_bytes_total", "Bytes of messages sent, before compression.", live.bytes);
  out.histogram("telltale_live_latency_seconds",
                "From the time of the oldest reading in a frame to the frame, the wait for the asked rate included.",
                live.latency);
  out.histogram("telltale_query_seconds", "Of a query, until its answer is made.", http.queries);
}

struct Queue {
  const char* name;
  std::uint64_t waiting;
  std::uint64_t limit;
};

void add_queues(MetricsText& out, std::initializer_list<Queue> queues) {
  out.family("telltale_queue_length", Type::kGauge, "What waits in a queue now.");
  for (const Queue& queue : queues) out.sample(static_cast<double>(queue.waiting), {{"queue", queue.name}});
  out.family("telltale_queue_limit", Type::kGauge, "What the queue holds at most.");
  for (const Queue& queue : queues) out.sample(static_cast<double>(queue.limit), {{"queue", queue.name}});
}

// Readings that did not get where they should, wherever that was.
void add_drops(MetricsText& out, const core::PipelineStats& pipeline, const LiveHub::Stats& live,
               const std::vector<core::InputStatus>& inputs) {
  std::uint64_t ring = 0;
  std::uint64_t corrupt = 0;
  for (const core::InputStatus& input : inputs) {
    ring += input.dropped;
    corrupt += input.corrupt;
  }
  out.family("telltale_dropped_readings_total", Type::kCounter,
             "Readings dropped: by an input's full ring, as nonsense in it, by the pipeline, before the disk, before "
             "viewers.");
  const std::pair<const char*, std::uint64_t> reasons[] = {{"ring_full", ring},
                                                           {"ring_corrupt", corrupt},
                                                           {"rejected", pipeline.rejected},
                                                           {"journal_full", pipeline.journal_lost},
                                                           {"live_queue_full", live.dropped}};
  for (const auto& [reason, count] : reasons) out.sample(static_cast<double>(count), {{"reason", reason}});
}

void add_inputs(MetricsText& out, const std::vector<core::InputStatus>& inputs) {
  struct Column {
    const char* name;
    const char* help;
    Type type;
    double (*value)(const core::InputStatus&);
  };
  static constexpr Column kColumns[] = {
      {"telltale_input_readings_total", "Readings of the input.", Type::kCounter,
       [](const auto& input) { return static_cast<double>(input.readings); }},
      {"telltale_input_dropped_total", "Readings its ring could not take.", Type::kCounter,
       [](const auto& input) { return static_cast<double>(input.dropped); }},
      {"telltale_input_corrupt_total", "Records of its ring that made no sense.", Type::kCounter,
       [](const auto& input) { return static_cast<double>(input.corrupt); }},
      {"telltale_input_restarts_total", "Restarts of the input.", Type::kCounter,
       [](const auto& input) { return static_cast<double>(input.restarts); }},
      {"telltale_input_up", "1 while it runs and says that it is well.", Type::kGauge,
       [](const auto& input) { return input.state == core::InputState::kRunning ? 1.0 : 0.0; }}};
  for (const Column& column : kColumns) {
    out.family(column.name, column.type, column.help);
    for (const core::InputStatus& input : inputs) {
      out.sample(column.value(input), {{"input", input.id}, {"plugin", input.plugin}});
    }
  }
  out.family("telltale_input_refused_total", Type::kCounter, "Payloads it could not use.");
  for (const core::InputStatus& input : inputs) {
    if (!input.refused) continue;
    for (const auto& [reason, count] : input.refused->reasons) {
      out.sample(static_cast<double>(count), {{"input", input.id}, {"reason", reason}});
    }
  }
  out.family("telltale_input_denied_total", Type::kCounter, "System calls that its isolation refused.");
  for (const core::InputStatus& input : inputs) {
    for (const auto& [call, count] : input.denied) {
      out.sample(static_cast<double>(count), {{"input", input.id}, {"call", call}});
    }
  }
  out.family("telltale_input_polls_skipped_total", Type::kCounter, "Deadlines that passed while a poll still ran.");
  for (const core::InputStatus& input : inputs) {
    if (input.polling) out.sample(static_cast<double>(input.polling->skipped), {{"input", input.id}});
  }
  out.family("telltale_input_plugin_total", Type::kCounter, "What the plugin counts.");
  for (const core::InputStatus& input : inputs) {
    for (const auto& [name, count] : input.counters) {
      out.sample(static_cast<double>(count), {{"input", input.id}, {"counter", name}});
    }
  }
}

void add_sinks(MetricsText& out, const std::vector<core::SinkStatus>& sinks) {
  const auto each = [&](std::string_view name, Type type, std::string_view help, auto value) {
    out.family(name, type, help);
    for (const core::SinkStatus& sink : sinks) out.sample(value(sink), {{"sink", sink.instance.id}});
  };
  using Sink = core::SinkStatus;
  const auto seconds = [](core::Duration duration) { return std::chrono::duration<double>(duration).count(); };
  each("telltale_sink_up", Type::kGauge, "1 while the sink says that it is well.",
       [](const Sink& sink) { return sink.instance.state == core::InputState::kRunning ? 1.0 : 0.0; });
  each("telltale_sink_sent_total", Type::kCounter, "Readings the other side acknowledged.",
       [](const Sink& sink) { return static_cast<double>(sink.sent); });
  each("telltale_sink_retries_total", Type::kCounter, "Batches that were not taken for now.",
       [](const Sink& sink) { return static_cast<double>(sink.retries); });
  each("telltale_sink_parked_total", Type::kCounter, "Readings the other side never takes.",
       [](const Sink& sink) { return static_cast<double>(sink.parked); });
  each("telltale_sink_held_total", Type::kCounter, "Readings that waited for the clock.",
       [](const Sink& sink) { return static_cast<double>(sink.held); });
  each("telltale_sink_backlog_seconds", Type::kGauge, "Time that is to be sent from the history.",
       [&](const Sink& sink) { return seconds(sink.backlog); });
  each("telltale_sink_lost_total", Type::kCounter, "Readings that were owed and are no longer in the history.",
       [](const Sink& sink) { return static_cast<double>(sink.lost_readings); });
  each("telltale_sink_waiting", Type::kGauge, "Readings in memory that are about to go out.",
       [](const Sink& sink) { return static_cast<double>(sink.waiting); });
  each("telltale_sink_lost_seconds_total", Type::kCounter, "Time that was owed and is no longer in the history.",
       [&](const Sink& sink) { return seconds(sink.lost); });
}

// A label of the series may have a name that we use, or Prometheus.
std::string label_name(const std::string& name) {
  static constexpr std::string_view kTaken[] = {"series", "unit", "input", "le", "quantile"};
  const bool taken = std::find(std::begin(kTaken), std::end(kTaken), name) != std::end(kTaken);
  return taken || name.starts_with("__") ? "label_" + name : name;
}

void begin_reading(MetricsText& out, const core::SeriesInfo& series) {
  out.begin();
  out.label("series", series.declaration.key.name);
  out.label("unit", series.declaration.unit);
  out.label("input", series.input);
  for (const auto& [name, value] : series.declaration.key.labels) out.label(label_name(name), value);
}

void add_readings(MetricsText& out, const std::vector<core::LatestRow>& rows) {
  const auto numeric = [](const core::LatestRow& row) {
    return row.series != nullptr && !row.window_stat && row.series->declaration.kind != core::SeriesKind::kEvent;
  };
  out.family("telltale_reading", Type::kGauge, "The latest value of each series.");
  for (const core::LatestRow& row : rows) {
    if (!numeric(row)) continue;
    begin_reading(out, *row.series);
    out.end(row.value);
  }
  out.family("telltale_reading_time_seconds", Type::kGauge, "When it was measured, since the epoch.");
  for (const core::LatestRow& row : rows) {
    if (!numeric(row)) continue;
    begin_reading(out, *row.series);
    out.end(static_cast<double>(core::to_ms(row.time)) / 1e3);
  }
}

// What only the net thread may look at, as it was when somebody asked.
struct Seen {
  MetricsText::Form form = MetricsText::Form::kPrometheus;
  HttpCounters http;
  LiveHub::Stats live;
  std::vector<core::LatestRow> latest;
};

std::string metrics_text(const Context& context, const Seen& seen) {
  const auto& parts = context.parts;
  const auto& limits = context.limits;
  const core::PipelineStats pipeline = parts.pipeline.stats();
  const auto inputs = parts.inputs.inputs();
  MetricsText out(seen.form);
  add_daemon(out, parts.facts);
  add_pipeline(out, pipeline);
  add_history(out, parts.history.stats());
  add_server(out, seen.http, seen.live);
  add_queues(out, {{"pipeline_requests", pipeline.requests_waiting, pipeline.requests_limit},
                   {"live_readings", seen.live.waiting, context.hub.limits().queue_readings},
                   {"queries", context.queries.waiting(), limits.query_queue},
                   {"facts", context.facts.waiting(), limits.fact_queue},
                   {"logins", context.logins.waiting(), limits.login_queue}});
  add_drops(out, pipeline, seen.live, inputs);
  add_inputs(out, inputs);
  if (parts.sinks != nullptr) add_sinks(out, parts.sinks->sinks());
  add_readings(out, seen.latest);
  return out.take();
}

}  // namespace

void get_metrics(Context& context, Request request, Respond respond) {
  const auto everything = core::Selector::parse("*");
  if (!everything) return respond(problem(everything.error()));
  auto seen = std::make_shared<Seen>();
  seen->form = MetricsText::form_for(request.header("accept"));
  context.parts.pipeline.latest({*everything}, [&context, loop = context.loop, asked = Asked(request), respond,
                                                seen](core::Result<std::vector<core::LatestRow>> rows) {
    if (rows) seen->latest = std::move(*rows);
    loop->post([&context, asked, respond, seen] {
      // Nobody asks any more: the server may have ended, and with it the context.
      if (asked.cancelled->load()) return;
      seen->http = context.counters;
      seen->live = context.hub.stats();
      answer_from(
          context.facts, context, asked,
          [&context, seen] {
            return text_response(metrics_text(context, *seen), std::string(MetricsText::content_type(seen->form)));
          },
          respond);
    });
  });
}

}  // namespace telltale::net
