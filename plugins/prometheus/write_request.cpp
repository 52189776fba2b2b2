#include "plugins/prometheus/write_request.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include <snappy.h>

#include "plugins/outgoing/reading_text.h"
#include "plugins/protobuf/writer.h"

namespace telltale::prometheus {

namespace {

constexpr std::size_t kMostOwners = 65'536;  // as many series as a host has
constexpr std::size_t kMostClashes = 100;    // that are told

// Field numbers of the schemas.
constexpr std::uint32_t kTimeSeries = 1;  // of WriteRequest
constexpr std::uint32_t kLabels = 1;      // of TimeSeries
constexpr std::uint32_t kSamples = 2;
constexpr std::uint32_t kName = 1;  // of Label
constexpr std::uint32_t kText = 2;
constexpr std::uint32_t kValue = 1;  // of Sample
constexpr std::uint32_t kTimestamp = 2;

double stale_marker() {
  double value = 0;
  std::memcpy(&value, &kStaleBits, sizeof value);
  return value;
}

std::string encoded(const Labels& labels) {
  std::string out;
  std::string label;
  for (const auto& [name, value] : labels) {
    label.clear();
    protobuf::append_bytes(label, kName, name);
    protobuf::append_bytes(label, kText, value);
    protobuf::append_bytes(out, kLabels, label);
  }
  return out;
}

}  // namespace

std::optional<std::uint32_t> Gatherer::place(const telltale_series& series, Request& request) {
  std::string labels = encoded(labels_of(series, settings_.names, settings_.prefix));
  std::string key = outgoing::key_of(series);
  const auto known = owners_.find(labels);
  if (known != owners_.end() && known->second != key) {
    if (clashes_.size() < kMostClashes && clashes_.insert(key).second && !request.name_clash) {
      request.name_clash = "'" + key + "' would have the same name there as '" + known->second +
                           "', and is left out: 'names: label' keeps them apart";
    }
    return std::nullopt;
  }
  if (known == owners_.end() && owners_.size() < kMostOwners) owners_.emplace(labels, std::move(key));
  request.series.push_back(std::move(labels));
  return static_cast<std::uint32_t>(request.series.size() - 1);
}

Request Gatherer::gather(std::span<const telltale_outgoing> readings) {
  Request request;
  std::map<const telltale_series*, std::optional<std::uint32_t>> places;
  for (const telltale_outgoing& reading : readings) {
    const bool bad = !outgoing::has_value(reading);
    if (reading.series->kind == TELLTALE_KIND_EVENT || (bad && !settings_.stale)) {
      ++request.without_value;
      continue;
    }
    auto found = places.find(reading.series);
    if (found == places.end()) found = places.emplace(reading.series, place(*reading.series, request)).first;
    if (!found->second) {
      ++request.same_name;
      continue;
    }
    request.points.push_back({*found->second, outgoing::in_ms(reading.time), bad ? stale_marker() : reading.value});
  }
  auto& points = request.points;
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return std::tie(a.series, a.time) < std::tie(b.series, b.time);
  });
  // Of one millisecond the last one stays, which std::unique keeps when it goes backwards.
  const auto first = std::unique(points.rbegin(), points.rend(), [](const Point& a, const Point& b) {
                       return a.series == b.series && a.time == b.time;
                     }).base();
  request.same_millisecond = static_cast<std::uint64_t>(first - points.begin());
  points.erase(points.begin(), first);
  return request;
}

std::string encode(const Request& request) {
  const std::vector<Point>& points = request.points;
  std::string out;
  std::string series;
  std::string sample;
  for (std::size_t i = 0; i < points.size();) {
    const std::uint32_t which = points[i].series;
    series = request.series[which];
    for (; i < points.size() && points[i].series == which; ++i) {
      sample.clear();
      protobuf::append_double(sample, kValue, points[i].value);
      protobuf::append_integer(sample, kTimestamp, static_cast<std::uint64_t>(points[i].time));
      protobuf::append_bytes(series, kSamples, sample);
    }
    protobuf::append_bytes(out, kTimeSeries, series);
  }
  return out;
}

std::string compressed(std::string_view message) {
  std::string out;
  snappy::Compress(message.data(), message.size(), &out);
  return out;
}

}  // namespace telltale::prometheus
