#include "daemon/host/outgoing_codec.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include <telltale/cpp/text.hpp>

namespace telltale::host {

namespace {

namespace json = boost::json;

core::Error damaged() { return core::make_error(core::ErrorCode::kCorrupt, "a batch of readings that makes no sense"); }

// As an integer: no reading of decimal digits can be off by one ulp.
std::int64_t bits_of(double value) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
double from_bits(std::int64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::string text_of(const json::value& value) {
  const json::string* text = value.if_string();
  return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

json::value series_to_json(const core::SeriesDeclaration& series) {
  json::array labels;
  for (const auto& [name, value] : series.key.labels) {
    labels.emplace_back(name);
    labels.emplace_back(value);
  }
  json::array states;
  for (const auto& [value, name] : series.states) {
    states.emplace_back(value);
    states.emplace_back(name);
  }
  return json::array{series.key.name, series.unit, static_cast<std::int64_t>(series.kind), std::move(labels),
                     std::move(states)};
}

core::Result<core::SeriesPtr> series_from_json(const json::value& value) {
  const json::array* parts = value.if_array();
  if (parts == nullptr || parts->size() != 5 || !parts->at(2).is_int64()) return damaged();
  const json::array* labels = parts->at(3).if_array();
  const json::array* states = parts->at(4).if_array();
  if (labels == nullptr || states == nullptr || labels->size() % 2 != 0 || states->size() % 2 != 0) return damaged();
  auto series = std::make_shared<core::SeriesInfo>();
  series->declaration.key.name = text_of(parts->at(0));
  series->declaration.unit = text_of(parts->at(1));
  series->declaration.kind = static_cast<core::SeriesKind>(parts->at(2).get_int64() & 3);
  for (std::size_t i = 0; i < labels->size(); i += 2) {
    series->declaration.key.labels.emplace_back(text_of(labels->at(i)), text_of(labels->at(i + 1)));
  }
  for (std::size_t i = 0; i < states->size(); i += 2) {
    if (!states->at(i).is_int64()) return damaged();
    series->declaration.states.emplace_back(states->at(i).get_int64(), text_of(states->at(i + 1)));
  }
  return core::SeriesPtr(std::move(series));
}

core::Result<core::OutgoingReading> reading_from_json(const json::value& value, std::size_t series) {
  const json::array* parts = value.if_array();
  if (parts == nullptr || parts->size() < 4) return damaged();
  for (std::size_t i = 0; i < 4; ++i) {
    if (!parts->at(i).is_int64()) return damaged();
  }
  const std::int64_t index = parts->at(0).get_int64();
  const std::int64_t quality = parts->at(3).get_int64();
  if (index < 0 || static_cast<std::size_t>(index) >= series || quality < 0 || quality > TELLTALE_QUALITY_BAD) {
    return damaged();
  }
  core::OutgoingReading reading;
  reading.series = static_cast<std::uint32_t>(index);
  reading.time = core::WallTime(core::Duration(parts->at(1).get_int64()));
  reading.value = from_bits(parts->at(2).get_int64());
  reading.quality = static_cast<core::Quality>(quality);
  if (parts->size() > 4) reading.text = text_of(parts->at(4));
  return reading;
}

}  // namespace

json::value outgoing_to_json(const core::OutgoingBatch& batch) {
  json::array series;
  for (const core::SeriesPtr& one : batch.series) series.push_back(series_to_json(one->declaration));
  json::array readings;
  readings.reserve(batch.readings.size());
  for (const core::OutgoingReading& reading : batch.readings) {
    json::array parts{static_cast<std::int64_t>(reading.series), std::int64_t{reading.time.time_since_epoch().count()},
                      bits_of(reading.value), static_cast<std::int64_t>(reading.quality)};
    if (!reading.text.empty()) parts.emplace_back(reading.text);
    readings.emplace_back(std::move(parts));
  }
  return json::object{{"series", std::move(series)},
                      {"readings", std::move(readings)},
                      {"cursor", static_cast<std::int64_t>(batch.cursor)},
                      {"live", batch.live}};
}

core::Result<core::OutgoingBatchPtr> outgoing_from_json(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return damaged();
  const json::value* series = object->if_contains("series");
  const json::value* readings = object->if_contains("readings");
  const json::value* cursor = object->if_contains("cursor");
  const json::value* live = object->if_contains("live");
  if (series == nullptr || !series->is_array() || readings == nullptr || !readings->is_array() || cursor == nullptr ||
      !cursor->is_int64() || live == nullptr || !live->is_bool() ||
      readings->get_array().size() > core::kMaxOutgoingReadings) {
    return damaged();
  }
  auto batch = std::make_shared<core::OutgoingBatch>();
  batch->cursor = static_cast<std::uint64_t>(cursor->get_int64());
  batch->live = live->get_bool();
  for (const json::value& one : series->get_array()) {
    auto read = series_from_json(one);
    if (!read) return read.error();
    batch->series.push_back(std::move(*read));
  }
  for (const json::value& one : readings->get_array()) {
    auto read = reading_from_json(one, batch->series.size());
    if (!read) return read.error();
    batch->readings.push_back(std::move(*read));
  }
  return core::OutgoingBatchPtr(std::move(batch));
}

AbiBatch::AbiBatch(const core::OutgoingBatch& batch) {
  labels_.reserve(batch.series.size());
  states_.reserve(batch.series.size());
  series_.reserve(batch.series.size());
  for (const core::SeriesPtr& one : batch.series) {
    const core::SeriesDeclaration& from = one->declaration;
    auto& labels = labels_.emplace_back();
    for (const auto& [name, value] : from.key.labels) labels.push_back({to_str(name), to_str(value)});
    auto& states = states_.emplace_back();
    for (const auto& [value, name] : from.states) states.push_back({to_str(name), value});
    telltale_series to{};
    to.name = to_str(from.key.name);
    to.unit = to_str(from.unit);
    to.kind = static_cast<std::uint32_t>(from.kind);
    to.labels = labels.empty() ? nullptr : labels.data();
    to.label_count = static_cast<std::uint32_t>(labels.size());
    to.states = states.empty() ? nullptr : states.data();
    to.state_count = static_cast<std::uint32_t>(states.size());
    to.decimals = -1;
    series_.push_back(to);
  }
  readings_.reserve(batch.readings.size());
  for (const core::OutgoingReading& reading : batch.readings) {
    const telltale_series& series = series_[reading.series];
    const bool is_event = series.kind == TELLTALE_KIND_EVENT;  // which has a text, and no number to be missed
    const bool bad = reading.quality == core::Quality::kBad || (!is_event && !std::isfinite(reading.value));
    readings_.push_back({&series, to_str(reading.text), reading.time.time_since_epoch().count(),
                         bad || is_event ? 0 : reading.value,
                         static_cast<std::uint32_t>(bad ? core::Quality::kBad : reading.quality), 0});
  }
  batch_.readings = readings_.data();
  batch_.cursor = batch.cursor;
  batch_.count = static_cast<std::uint32_t>(readings_.size());
  batch_.live = batch.live ? 1 : 0;
}

}  // namespace telltale::host
