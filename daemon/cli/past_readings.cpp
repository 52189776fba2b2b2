#include "daemon/cli/past_readings.h"

#include <algorithm>

#include "daemon/cli/json.h"

namespace telltale::cli {

namespace {

constexpr std::int64_t kFirstStep = 3'600'000;  // ms
constexpr std::int64_t kLongestStep = 86'400'000LL * 30;
constexpr std::size_t kFewReadings = 20'000;  // of a step
constexpr std::size_t kManyReadings = 200'000;

core::Result<boost::json::value> ask(net::Client& client, const net::ClientRequest& request) {
  const auto body = client.get(request);
  if (!body) return body.error();
  return parse_json(*body);
}

}  // namespace

core::Result<void> PastReadings::find(const std::vector<core::SeriesReference>& references, const std::string& name) {
  for (const core::SeriesReference& reference : references) {
    std::string text = reference.selector.text();
    if (reference.selector.window_stat()) text.resize(text.rfind('@'));
    auto listed = ask(client_, {.path = "/api/v1/series", .query = {{"match", text}}});
    if (!listed) return listed.error();
    for (const auto& item : array_of(*listed)) {
      auto key = core::parse_series_key(text_of(item, "key"));
      if (!key || text_of(item, "kind") == "event" || by_key_.contains(text_of(item, "key"))) continue;
      auto info = std::make_shared<core::SeriesInfo>();
      info->id = core::SeriesId{static_cast<std::uint32_t>(series_.size() + 1)};
      info->key_text = text_of(item, "key");
      info->declaration.key = std::move(*key);
      info->declaration.unit = text_of(item, "unit");
      info->declaration.kind = core::series_kind_from(text_of(item, "kind")).value_or(core::SeriesKind::kGauge);
      by_key_.emplace(info->key_text, info->id);
      series_.push_back(std::move(info));
      const auto* const first = member(item, "first");
      if (first != nullptr && first->is_int64()) first_ = std::min(first_, first->get_int64());
    }
  }
  if (!series_.empty()) return {};
  return core::make_error(core::ErrorCode::kNotFound, "the daemon has none of the series that it looks at", name);
}

core::Result<void> PastReadings::each(std::int64_t from, std::int64_t split, std::int64_t to, const Take& take) {
  std::int64_t step = kFirstStep;
  for (std::int64_t at = from; at < to;) {
    std::int64_t end = std::min(at + step, to);
    if (at < split) end = std::min(end, split);
    auto readings = read(at, end);
    if (!readings && readings.error().code == core::ErrorCode::kLimit && end - at > 1) {
      step = std::max<std::int64_t>(1, (end - at) / 8);
      continue;
    }
    if (!readings) return readings.error();
    if (readings->size() < kFewReadings) step = std::min(kLongestStep, step * 2);
    if (readings->size() > kManyReadings) step = std::max<std::int64_t>(1, step / 2);
    if (auto taken = take(*readings, end); !taken) return taken;
    at = end;
  }
  return {};
}

core::Result<rules::PastHours> PastReadings::hours(const core::SeriesPtr& series, core::WallTime from,
                                                   core::WallTime to) {
  rules::PastHours hours;
  const std::pair<const char*, double rules::PastHour::*> wanted[] = {{"mean", &rules::PastHour::mean},
                                                                      {"std", &rules::PastHour::deviation}};
  for (const auto& [stat, field] : wanted) {
    net::ClientRequest request;
    request.path = "/api/v1/query";
    request.timeout = std::chrono::seconds(60);
    request.query = {{"series", series->key_text},
                     {"from", std::to_string(core::to_ms(from))},
                     {"to", std::to_string(core::to_ms(to))},
                     {"stat", stat},
                     {"step", "1h"},
                     {"origin", "epoch"}};
    auto document = ask(client_, request);
    if (!document) return document.error();
    for (const auto& one : array_of(*document, "series")) {
      const auto& data = array_of(one, "data");
      if (data.size() != 2 || !data[0].is_array() || !data[1].is_array()) continue;
      const auto& times = data[0].get_array();
      const auto& values = data[1].get_array();
      for (std::size_t i = 0; i < times.size() && i < values.size(); ++i) {
        if (!times[i].is_int64() || !values[i].is_number()) continue;
        hours[core::from_ms(times[i].get_int64())].*field = values[i].to_number<double>();
      }
    }
  }
  return hours;
}

core::Result<std::vector<core::Reading>> PastReadings::read(std::int64_t from, std::int64_t to) {
  net::ClientRequest request;
  request.path = "/api/v1/query";
  request.timeout = std::chrono::seconds(60);
  for (const auto& series : series_) request.query.emplace_back("series", series->key_text);
  request.query.insert(request.query.end(), {{"from", std::to_string(from)}, {"to", std::to_string(to)}});
  request.query.insert(request.query.end(), {{"stat", "raw"}, {"time", "ns"}});
  auto document = ask(client_, request);
  if (!document) return document.error();
  std::vector<core::Reading> readings;
  for (const auto& series : array_of(*document, "series")) {
    const auto id = by_key_.find(text_of(series, "key"));
    const auto& data = array_of(series, "data");
    if (id == by_key_.end() || data.size() != 2 || !data[0].is_array() || !data[1].is_array()) continue;
    const auto& times = data[0].get_array();
    const auto& values = data[1].get_array();
    for (std::size_t i = 0; i < times.size() && i < values.size(); ++i) {
      if (!times[i].is_int64() || !values[i].is_number()) continue;
      core::Reading reading;
      reading.series = id->second;
      reading.time = core::WallTime(core::Duration(times[i].get_int64()));
      reading.value = values[i].to_number<double>();
      reading.by_source = true;
      readings.push_back(reading);
    }
  }
  std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  return readings;
}

}  // namespace telltale::cli
