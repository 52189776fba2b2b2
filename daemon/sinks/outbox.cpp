#include "daemon/sinks/outbox.h"

#include <algorithm>
#include <utility>

namespace telltale::sinks {

namespace {

// At most, as JSON: a control character takes six bytes.
std::size_t bytes_of(const core::SeriesDeclaration& series) {
  std::size_t bytes = series.key.name.size() + series.unit.size();
  for (const auto& [name, value] : series.key.labels) bytes += name.size() + value.size() + 4;
  for (const auto& [value, name] : series.states) bytes += name.size() + 8;
  return 64 + 6 * bytes;
}

}  // namespace

BatchBuilder::BatchBuilder(std::uint64_t cursor, bool live) : batch_(std::make_shared<core::OutgoingBatch>()) {
  batch_->cursor = cursor;
  batch_->live = live;
}

bool BatchBuilder::add(Item& item) {
  if (batch_->readings.size() == core::kMaxOutgoingReadings) return false;
  const auto known = places_.find(item.series.get());
  std::size_t bytes = 80 + 6 * item.text.size();
  if (known == places_.end()) bytes += bytes_of(item.series->declaration);
  if (!empty() && bytes_ + bytes > core::kMaxOutgoingBytes) return false;
  bytes_ += bytes;
  std::uint32_t place = 0;
  if (known == places_.end()) {
    place = static_cast<std::uint32_t>(batch_->series.size());
    places_.emplace(item.series.get(), place);
    batch_->series.push_back(item.series);
  } else {
    place = known->second;
  }
  if (item.text.empty() && item.series->declaration.kind == core::SeriesKind::kState) {
    item.text = std::string(item.series->state_name(item.value).value_or(std::string_view()));
  }
  batch_->readings.push_back({place, item.time, item.value, item.quality, std::move(item.text)});
  return true;
}

Spans spans_of(const core::OutgoingBatch& batch) {
  std::vector<std::int64_t> times;
  times.reserve(batch.readings.size());
  for (const core::OutgoingReading& reading : batch.readings) times.push_back(reading.time.time_since_epoch().count());
  std::sort(times.begin(), times.end());
  Spans spans;
  for (std::size_t i = 0; i < times.size();) {
    std::size_t end = i + 1;
    while (end < times.size() && times[end] - times[end - 1] < Spans::kJoin) ++end;
    spans.add({times[i], times[end - 1] + 1});
    i = end;
  }
  return spans;
}

}  // namespace telltale::sinks
