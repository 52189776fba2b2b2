#include "daemon/net/query_request.h"

#include <charconv>

#include "daemon/core/units.h"
#include "daemon/net/parameters.h"

namespace telltale::net {

namespace {

constexpr std::uint32_t kDefaultPoints = 1'000;
constexpr std::string_view kStats = "must be auto, raw, m4, count, sum, mean, min, max, first, last, delta or std";

core::Result<core::HistoryQuery::Mode> parse_mode(std::string_view text) {
  using Kind = core::HistoryQuery::Mode::Kind;
  if (text == "auto") return core::HistoryQuery::Mode{Kind::kAuto};
  if (text == "raw") return core::HistoryQuery::Mode{Kind::kRaw};
  if (text == "m4") return core::HistoryQuery::Mode{Kind::kM4};
  if (const auto stat = core::stat_from(text)) return core::HistoryQuery::Mode{Kind::kStat, *stat};
  return bad_parameter("stat", kStats);
}

core::Result<QueryFormat> parse_format(std::string_view text) {
  if (text == "json") return QueryFormat::kJson;
  if (text == "csv") return QueryFormat::kCsv;
  if (text == "ndjson") return QueryFormat::kNdjson;
  return bad_parameter("format", "must be json, csv or ndjson");
}

core::Result<std::uint32_t> parse_points(std::string_view text, std::uint32_t maximum) {
  std::uint32_t points = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), points);
  if (failure != std::errc{} || end != text.data() + text.size() || points < 1 || points > maximum) {
    return bad_parameter("points", "must be a number from 1 to " + std::to_string(maximum));
  }
  return points;
}

core::Result<void> parse_span(const Target& target, core::WallTime now, QueryRequest& request) {
  const auto from = core::parse_time(target.find("from").value_or("now-1h"), now);
  if (!from) return bad_parameter("from", from.error().message);
  const auto to = core::parse_time(target.find("to").value_or("now"), now);
  if (!to) return bad_parameter("to", to.error().message);
  if (*from >= *to) return bad_parameter("from", "must be before 'to'");
  request.from = *from;
  request.to = *to;
  return {};
}

core::Result<void> refuse_windows(const std::vector<core::Selector>& selectors) {
  for (const core::Selector& selector : selectors) {
    if (!selector.window_stat()) continue;
    return bad_parameter("series", "'" + selector.text() +
                                       "' is a window, which is live only: ask for the series with stat=" +
                                       std::string(core::to_text(selector.window_stat()->stat)));
  }
  return {};
}

}  // namespace

core::Result<QueryRequest> parse_query_request(const Target& target, core::WallTime now, const HttpLimits& limits) {
  auto known = only_parameters(target, {"series", "match", "from", "to", "points", "stat", "format"});
  if (!known) return known.error();
  QueryRequest request;
  auto selectors = selectors_of(target, {});
  if (!selectors) return selectors.error();
  if (selectors->empty()) return bad_parameter("series", "is missing: name the series, such as series=press7.*");
  if (auto windows = refuse_windows(*selectors); !windows) return windows.error();
  request.selectors = std::move(*selectors);
  if (auto span = parse_span(target, now, request); !span) return span.error();
  request.points = kDefaultPoints;
  if (const auto text = target.find("points")) {
    const auto points = parse_points(*text, limits.query_points);
    if (!points) return points.error();
    request.points = *points;
  }
  const auto mode = parse_mode(target.find("stat").value_or("auto"));
  if (!mode) return mode.error();
  request.mode = *mode;
  const auto format = parse_format(target.find("format").value_or("json"));
  if (!format) return format.error();
  request.format = *format;
  return request;
}

}  // namespace telltale::net
