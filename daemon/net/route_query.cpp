// GET /api/v1/query
#include <set>
#include <utility>

#include "daemon/core/diagnostic.h"
#include "daemon/net/computed_query.h"
#include "daemon/net/handlers.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"
#include "daemon/net/query_request.h"
#include "daemon/net/query_text.h"

namespace telltale::net {

namespace {

core::Error nothing_matches(core::Catalog& catalog, const QueryRequest& request) {
  std::string message = "no series matches '" + request.selectors.front().text() + "'";
  if (const auto everything = core::Selector::parse("*")) {
    std::vector<std::string> keys;
    for (const core::SeriesPtr& series : catalog.match(*everything)) {
      if (keys.size() == 5'000) break;  // each is compared letter by letter
      keys.push_back(series->declaration.key.name);
    }
    const std::string near = core::nearest_word(request.selectors.front().text(), keys);
    if (!near.empty()) message += ": did you mean '" + near + "'?";
  }
  return core::make_error(core::ErrorCode::kNotFound, message + " GET /api/v1/series lists them");
}

core::Result<std::vector<QuerySeries>> choose(core::Catalog& catalog, const QueryRequest& request, std::size_t limit) {
  std::vector<QuerySeries> chosen;
  std::set<std::pair<core::SeriesId, std::string>> seen;  // with the window's text
  for (const core::Selector& selector : request.selectors) {
    for (const core::SeriesPtr& series : catalog.match(selector)) {
      const auto& window = selector.window_stat();
      if (window && series->declaration.kind == core::SeriesKind::kEvent) continue;  // texts have no statistics
      if (seen.emplace(series->id, window ? window->text() : "").second) chosen.push_back({series, window});
    }
  }
  if (chosen.empty()) return nothing_matches(catalog, request);
  if (chosen.size() > limit) {
    return core::make_error(core::ErrorCode::kLimit, std::to_string(chosen.size()) + " series match, and at most " +
                                                         std::to_string(limit) +
                                                         " can be asked for at once: choose fewer");
  }
  return chosen;
}

}  // namespace

void get_query(Context& context, Request request, Respond respond) {
  const auto wanted = parse_query_request(request.target, context.parts.clock.wall_now(), context.limits);
  if (!wanted) return respond(problem(wanted.error()));
  auto series = choose(context.parts.catalog, *wanted, context.limits.query_series);
  if (!series) return respond(problem(series.error()));
  ComputedQuery query;
  query.series = std::move(*series);
  query.window = wanted->window;
  query.buckets = wanted->buckets;
  query.query.from = wanted->from;
  query.query.to = wanted->to;
  query.query.points = wanted->points;
  query.query.mode = wanted->mode;
  query.query.max_readings = context.limits.query_readings;
  auto& history = context.parts.history;
  const auto timed = [&context, begun = context.parts.clock.boot_now(), cancelled = request.cancelled,
                      respond = std::move(respond)](Response response) {
    // Nobody waits any more: the server may have ended, and with it the context.
    if (!cancelled->load()) context.counters.queries.add(context.parts.clock.boot_now() - begun);
    respond(std::move(response));
  };
  answer_from(
      context.queries, context, Asked(request),
      [query = std::move(query), &history, cancelled = request.cancelled, format = wanted->format,
       time = wanted->time]() mutable {
        query.query.cancel = cancelled.get();
        const auto result = run_query(history, std::move(query));
        if (!result) return problem(result.error());
        return text_response(query_text(*result, format, time), std::string(query_content_type(format)));
      },
      timed);
}

}  // namespace telltale::net
