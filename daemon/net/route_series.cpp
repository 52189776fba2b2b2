// GET /api/v1/series, /api/v1/latest
#include <set>

#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/live_row.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

std::string series_body(const std::vector<core::SeriesPtr>& found, core::HistoryReader& history,
                        const std::atomic<bool>& cancelled) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  for (const core::SeriesPtr& series : found) {
    if (cancelled.load()) break;
    const auto span = history.span(series->id);
    json.begin_object();
    write_series(json, *series, std::nullopt);
    json.time("first", span ? std::optional(span->first) : std::nullopt);
    json.time("last", span ? std::optional(span->last) : std::nullopt);
    json.end_object();
  }
  json.end_array();
  return body;
}

std::string latest_body(const std::vector<core::LatestRow>& rows) {
  std::string body;
  JsonWriter json(body);
  json.begin_array();
  std::set<std::string> seen;  // several selectors may match one series
  for (const core::LatestRow& row : rows) {
    if (row.series == nullptr) continue;
    const auto [key, is_new] = seen.insert(key_text(*row.series, row.window_stat));
    if (!is_new) continue;
    json.begin_object().text("key", *key).integer("time", core::to_ms(row.time));
    json.key("value");
    append_value(body, *row.series, row.window_stat.has_value(), row.value, row.text);
    json.follow().text("quality", core::to_text(row.quality));
    if (row.window_stat) json.boolean("exact", row.exact);
    json.end_object();
  }
  json.end_array();
  return body;
}

}  // namespace

void get_series(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"match", "series"}); !known) {
    return respond(problem(known.error()));
  }
  const auto selectors = selectors_of(request.target, "*");
  if (!selectors) return respond(problem(selectors.error()));
  std::vector<core::SeriesPtr> found;
  std::set<core::SeriesId> seen;
  for (const core::Selector& selector : *selectors) {
    for (const core::SeriesPtr& series : context.parts.catalog.match(selector)) {
      if (seen.insert(series->id).second) found.push_back(series);
    }
  }
  auto& history = context.parts.history;
  answer_from(
      context.facts, context, Asked(request),
      [found = std::move(found), &history, cancelled = request.cancelled] {
        return json_response(series_body(found, history, *cancelled));
      },
      std::move(respond));
}

void get_latest(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {"match", "series"}); !known) {
    return respond(problem(known.error()));
  }
  auto selectors = selectors_of(request.target, "*");
  if (!selectors) return respond(problem(selectors.error()));
  context.parts.pipeline.latest(
      std::move(*selectors), [loop = context.loop, respond](core::Result<std::vector<core::LatestRow>> rows) {
        auto answer = std::make_shared<core::Result<std::vector<core::LatestRow>>>(std::move(rows));
        loop->post(
            [respond, answer] { respond(*answer ? json_response(latest_body(**answer)) : problem(answer->error())); });
      });
}

}  // namespace telltale::net
