// GET /metrics
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
  out.family("telltale_info", Type::kGauge, "The daemon.");
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
  counter(out, "telltale_store_duplicates_total", "Readings that replaced one of the same time.", stats.duplicates);
  gauge(out, "telltale_journal_bytes", "Bytes waiting for the next commit.", static_cast<double>(stats.journal_bytes));
  gauge(out, "telltale_journal_capacity_bytes", "Bytes the journal can hold.",
        static_cast<double>(stats.journal_capacity));
  gauge(out, "telltale_store_healthy", "1 while commits succeed.", stats.error.empty() ? 1 : 0);
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
  counter(out, "telltale_lines_rejected_total", "Posted lines refused.", http.lines_rejected);
  counter(out, "telltale_live_readings_total", "Readings given to the live hub.", live.readings);
  counter(out, "telltale_live_dropped_total", "Readings the live hub's queue could not take.", live.dropped);
  counter(out, "telltale_live_encoded_total", "Frames encoded.", live.encodings);
  counter(out, "telltale_live_frames_total", "Frames sent.", live.frames);
  counter(out, "telltale_live_gaps_total", "Gaps announced.", live.gaps);
  counter(out, "telltale_live_bytes_total", "Bytes of messages sent.", live.bytes);
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
  out.family("telltale_input_counter_total", Type::kCounter, "What the plugin counts.");
  for (const core::InputStatus& input : inputs) {
    for (const auto& [name, count] : input.counters) {
      out.sample(static_cast<double>(count), {{"input", input.id}, {"counter", name}});
    }
  }
}

// A label of the series may have a name that we use.
std::string label_name(const std::string& name) {
  return name == "series" || name == "unit" || name == "input" || name.starts_with("__") ? "label_" + name : name;
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

}  // namespace

void get_metrics(Context& context, Request request, Respond respond) {
  const auto everything = core::Selector::parse("*");
  if (!everything) return respond(problem(everything.error()));
  context.parts.pipeline.latest({*everything}, [&context, loop = context.loop, cancelled = request.cancelled,
                                                respond](core::Result<std::vector<core::LatestRow>> rows) {
    auto latest = std::make_shared<std::vector<core::LatestRow>>();
    if (rows) *latest = std::move(*rows);
    loop->post([&context, cancelled, respond, latest] {
      // Nobody asks any more: the server may have ended, and with it the context.
      if (cancelled->load()) return;
      auto& parts = context.parts;
      answer_from(
          context.facts, context, cancelled,
          [latest, &parts, http = context.counters, live = context.hub.stats()] {
            MetricsText out;
            add_daemon(out, parts.facts);
            add_pipeline(out, parts.pipeline.stats());
            add_history(out, parts.history.stats());
            add_server(out, http, live);
            add_inputs(out, parts.inputs.inputs());
            add_readings(out, *latest);
            return text_response(out.take(), "text/plain; version=0.0.4; charset=utf-8");
          },
          respond);
    });
  });
}

}  // namespace telltale::net
