#include "daemon/net/query_request.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/core/units.h"
#include "daemon/net/parameters.h"

namespace telltale::net {

namespace {

constexpr std::uint32_t kDefaultPoints = 1'000;
constexpr std::uint64_t kMaxPeriods = 1'000'000;
constexpr std::size_t kMostPercentiles = 8;
constexpr core::Duration kMaxStep = std::chrono::days(400);

core::Result<core::HistoryQuery::Mode> parse_mode(std::string_view text) {
  using Kind = core::HistoryQuery::Mode::Kind;
  if (text == "auto") return core::HistoryQuery::Mode{Kind::kAuto};
  if (text == "raw") return core::HistoryQuery::Mode{Kind::kRaw};
  if (text == "m4") return core::HistoryQuery::Mode{Kind::kM4};
  if (const auto stat = core::stat_from(text)) return core::HistoryQuery::Mode{Kind::kStat, *stat};
  return bad_parameter("stat", "must be one of auto, raw and m4, or of " + core::stat_names());
}

core::Result<QueryFormat> parse_format(std::string_view text) {
  if (text == "json") return QueryFormat::kJson;
  if (text == "csv") return QueryFormat::kCsv;
  if (text == "ndjson") return QueryFormat::kNdjson;
  if (text == "lines") return QueryFormat::kLines;
  return bad_parameter("format", "must be json, csv, ndjson or lines");
}

core::Result<TimeForm> parse_time_form(std::string_view text) {
  if (text == "ms") return TimeForm::kMilliseconds;
  if (text == "ns") return TimeForm::kNanoseconds;
  if (text == "rfc3339") return TimeForm::kText;
  return bad_parameter("time", "must be ms, ns or rfc3339");
}

core::Result<std::uint32_t> parse_points(std::string_view text, std::uint32_t maximum) {
  std::uint32_t points = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), points);
  if (failure != std::errc{} || end != text.data() + text.size() || points < 1 || points > maximum) {
    return bad_parameter("points", "must be a number from 1 to " + std::to_string(maximum));
  }
  return points;
}

// `5,25,75,95`: whole percents.
core::Result<std::vector<std::uint8_t>> parse_percentiles(std::string_view text) {
  std::vector<std::uint8_t> out;
  while (out.size() < kMostPercentiles) {
    const std::string_view one = text.substr(0, text.find(','));
    std::uint8_t percentile = 0;
    const auto [end, failure] = std::from_chars(one.data(), one.data() + one.size(), percentile);
    if (failure != std::errc{} || end != one.data() + one.size() || percentile < 1 || percentile > 99) break;
    if (std::find(out.begin(), out.end(), percentile) != out.end()) break;
    out.push_back(percentile);
    if (one.size() == text.size()) return out;
    text.remove_prefix(one.size() + 1);
  }
  return bad_parameter("percentiles",
                       "must be up to 8 whole numbers from 1 to 99 with commas between, each once, such as 5,95");
}

core::Result<void> parse_mode_of(const Target& target, QueryRequest& request) {
  const auto mode = parse_mode(target.find("stat").value_or("auto"));
  if (!mode) return mode.error();
  request.mode = *mode;
  const auto text = target.find("percentiles");
  if (!text) return {};
  if (mode->kind != core::HistoryQuery::Mode::Kind::kAuto) {
    return bad_parameter("percentiles", "are added to the buckets of stat=auto");
  }
  auto percentiles = parse_percentiles(*text);
  if (!percentiles) return percentiles.error();
  request.mode.percentiles = std::move(*percentiles);
  return {};
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

bool has_windows(const QueryRequest& request) {
  return std::any_of(request.selectors.begin(), request.selectors.end(),
                     [](const core::Selector& selector) { return selector.window_stat().has_value(); });
}

core::Result<void> parse_windows(const Target& target, QueryRequest& request) {
  using Kind = core::HistoryQuery::Mode::Kind;
  if (request.mode.kind != Kind::kAuto && request.mode.kind != Kind::kRaw) {
    return bad_parameter("stat", "is auto or raw where a selector has @stat_window, which names the statistic");
  }
  if (const auto text = target.find("closed")) {
    const auto closed = core::closed_from(*text);
    if (!closed) return bad_parameter("closed", "must be right, left, both or neither");
    request.window.closed = *closed;
  }
  if (const auto text = target.find("min_periods")) {
    const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), request.window.min_periods);
    if (failure != std::errc{} || end != text->data() + text->size() || request.window.min_periods > kMaxPeriods) {
      return bad_parameter("min_periods", "must be a number from 0 to 1000000");
    }
  }
  return {};
}

core::Result<core::Side> side_of(const Target& target, std::string_view name) {
  const std::string_view text = target.find(name).value_or("left");
  if (text == "left") return core::Side::kLeft;
  if (text == "right") return core::Side::kRight;
  return bad_parameter(name, "of buckets must be left or right");
}

core::Result<void> parse_origin(const Target& target, core::WallTime now, core::BucketRule& rule) {
  const std::string_view text = target.find("origin").value_or("start_day");
  if (const auto origin = core::origin_from(text)) {
    rule.origin = *origin;
    return {};
  }
  const auto time = core::parse_time(text, now);
  if (!time) return bad_parameter("origin", "must be epoch, start_day, start, end, end_day or a time");
  rule.origin = core::Origin::kTime;
  rule.origin_time = *time;
  return {};
}

core::Result<void> parse_buckets(const Target& target, core::WallTime now, QueryRequest& request,
                                 const HttpLimits& limits) {
  core::BucketRule rule;
  const auto every = core::parse_duration(*target.find("step"));
  if (!every) return bad_parameter("step", every.error().message);
  if (*every <= core::Duration{} || *every > kMaxStep)
    return bad_parameter("step", "must be longer than 0, at most 400d");
  if ((request.to - request.from) / *every >= static_cast<std::int64_t>(limits.query_points)) {
    return bad_parameter("step", "gives more than " + std::to_string(limits.query_points) + " buckets in this span");
  }
  rule.every = *every;
  const auto closed = side_of(target, "closed");
  if (!closed) return closed.error();
  const auto label = side_of(target, "label");
  if (!label) return label.error();
  rule.closed = *closed;
  rule.label = *label;
  if (auto origin = parse_origin(target, now, rule); !origin) return origin;
  auto zone = core::TimeZone::load(target.find("tz").value_or("UTC"));
  if (!zone) return bad_parameter("tz", zone.error().message);
  rule.zone = std::move(*zone);
  if (request.mode.kind != core::HistoryQuery::Mode::Kind::kStat) {
    return bad_parameter("stat", "must name a statistic where there is a step: one of " + core::stat_names());
  }
  request.buckets = std::move(rule);
  return {};
}

// What only windows or only buckets have.
core::Result<void> parse_computed(const Target& target, core::WallTime now, QueryRequest& request,
                                  const HttpLimits& limits) {
  const bool windows = has_windows(request);
  const bool buckets = target.find("step").has_value();
  if (windows && buckets) return bad_parameter("step", "is for series without @stat_window");
  if (windows) {
    if (auto parsed = parse_windows(target, request); !parsed) return parsed;
  } else if (target.find("min_periods")) {
    return bad_parameter("min_periods", "is for series with @stat_window");
  }
  if (buckets) return parse_buckets(target, now, request, limits);
  for (const char* name : {"label", "origin", "tz"}) {
    if (target.find(name)) return bad_parameter(name, "is for buckets of a given length: add step, such as step=1h");
  }
  if (!windows && target.find("closed"))
    return bad_parameter("closed", "is for series with @stat_window, or with step");
  return {};
}

}  // namespace

core::Result<QueryRequest> parse_query_request(const Target& target, core::WallTime now, const HttpLimits& limits) {
  auto known = only_parameters(target, {"series", "match", "from", "to", "points", "stat", "percentiles", "format",
                                        "time", "closed", "min_periods", "step", "label", "origin", "tz"});
  if (!known) return known.error();
  QueryRequest request;
  auto selectors = selectors_of(target, {});
  if (!selectors) return selectors.error();
  if (selectors->empty()) return bad_parameter("series", "is missing: name the series, such as series=press7.*");
  request.selectors = std::move(*selectors);
  if (auto span = parse_span(target, now, request); !span) return span.error();
  request.points = kDefaultPoints;
  if (const auto text = target.find("points")) {
    const auto points = parse_points(*text, limits.query_points);
    if (!points) return points.error();
    request.points = *points;
  }
  if (auto mode = parse_mode_of(target, request); !mode) return mode.error();
  if (auto computed = parse_computed(target, now, request, limits); !computed) return computed.error();
  const auto format = parse_format(target.find("format").value_or("json"));
  if (!format) return format.error();
  request.format = *format;
  const auto time = parse_time_form(target.find("time").value_or("ms"));
  if (!time) return time.error();
  request.time = *time;
  return request;
}

}  // namespace telltale::net
