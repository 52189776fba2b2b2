#include "plugins/modbus/publisher.h"

#include <cmath>

namespace telltale::modbus {

std::optional<double> number_of(const Point& point, double raw, double factor) {
  double value = point.linear.apply(raw);
  // A power of ten below one is divided by its inverse, which is exact: 2305 with an exponent of -1 is 230.5.
  value = factor >= 1 ? value * factor : value / std::nearbyint(1 / factor);
  if (!std::isfinite(value)) return std::nullopt;
  if (point.range && (value < point.range->first || value > point.range->second)) return std::nullopt;
  if (point.kind == TELLTALE_KIND_STATE && (value != std::nearbyint(value) || std::abs(value) > 32'767))
    return std::nullopt;
  return value;
}

std::string Publisher::full_name(const DeviceSettings& device, const Point& point) {
  return device.name.empty() ? point.name : device.name + "." + point.name;
}

std::size_t Publisher::declare(const DeviceSettings& device, const Point& point) {
  SeriesSpec spec;
  spec.name = full_name(device, point);
  spec.unit = point.unit;
  spec.title = point.title;
  spec.kind = point.kind;
  spec.labels = device.labels;
  spec.states = point.states;
  spec.decimals = point.decimals;
  if (point.range && std::isfinite(point.range->first) && std::isfinite(point.range->second)) spec.range = point.range;
  Entry entry;
  entry.series = host_.declare(spec);
  entry.is_text = point.layout.type == ValueType::kString;
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void Publisher::publish_text(Entry& entry, const Point& point, const std::string& text, Time time) {
  if (point.kind == TELLTALE_KIND_EVENT) {
    if (entry.last_text == text) return;
    entry.last_text = text;
  }
  batch_.flush();  // readings keep their order
  const telltale_reading reading{time.count(), 0, entry.series.number(), TELLTALE_QUALITY_GOOD, 0};
  host_.publish_text(reading, text);
}

void Publisher::publish(std::size_t number, const Point& point, std::span<const std::uint8_t> data, double factor,
                        Time time) {
  Entry& entry = entries_[number];
  const Value value = decode(point.layout, data, point.sentinels);
  if (const auto* text = std::get_if<std::string>(&value)) return publish_text(entry, point, *text, time);
  batch_.stamp(time);
  const auto* raw = std::get_if<double>(&value);
  const std::optional<double> shown = raw != nullptr ? number_of(point, *raw, factor) : std::nullopt;
  if (shown) {
    batch_.add(entry.series, *shown);
  } else {
    batch_.add_bad(entry.series);
  }
}

void Publisher::publish_bad(std::size_t number, Time time) {
  if (entries_[number].is_text) return;  // a text has no bad value: its age tells
  batch_.stamp(time);
  batch_.add_bad(entries_[number].series);
}

}  // namespace telltale::modbus
