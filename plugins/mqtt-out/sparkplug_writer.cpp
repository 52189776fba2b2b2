#include "plugins/mqtt-out/sparkplug_writer.h"

#include <utility>

#include "plugins/protobuf/writer.h"

namespace telltale::mqtt_out {

namespace {

using protobuf::append_bytes;
using protobuf::append_double;
using protobuf::append_integer;

// Field numbers of sparkplug_b.proto.
struct PayloadField {
  static constexpr std::uint32_t kTimestamp = 1;
  static constexpr std::uint32_t kMetrics = 2;
  static constexpr std::uint32_t kSeq = 3;
};
struct MetricField {
  static constexpr std::uint32_t kName = 1;
  static constexpr std::uint32_t kAlias = 2;
  static constexpr std::uint32_t kTimestamp = 3;
  static constexpr std::uint32_t kDatatype = 4;
  static constexpr std::uint32_t kIsHistorical = 5;
  static constexpr std::uint32_t kIsNull = 7;
  static constexpr std::uint32_t kProperties = 9;
  static constexpr std::uint32_t kLong = 11;
  static constexpr std::uint32_t kDouble = 13;
  static constexpr std::uint32_t kBoolean = 14;
  static constexpr std::uint32_t kString = 15;
};
struct PropertyField {
  static constexpr std::uint32_t kKeys = 1;  // of the set
  static constexpr std::uint32_t kValues = 2;
  static constexpr std::uint32_t kType = 1;  // of a value
  static constexpr std::uint32_t kInt = 3;
  static constexpr std::uint32_t kString = 8;
};

// Keys and values are two lists of the same order.
std::string properties_of(const Metric& metric) {
  std::string keys;
  std::string values;
  std::string value;
  if (metric.quality) {
    append_bytes(keys, PropertyField::kKeys, "Quality");
    append_integer(value, PropertyField::kType, static_cast<std::uint64_t>(DataType::kInt32));
    append_integer(value, PropertyField::kInt, static_cast<std::uint64_t>(*metric.quality));
    append_bytes(values, PropertyField::kValues, value);
  }
  if (!metric.unit.empty()) {
    value.clear();
    append_bytes(keys, PropertyField::kKeys, "engUnit");
    append_integer(value, PropertyField::kType, static_cast<std::uint64_t>(DataType::kString));
    append_bytes(value, PropertyField::kString, metric.unit);
    append_bytes(values, PropertyField::kValues, value);
  }
  return keys + values;
}

void append_value(std::string& out, const Metric& metric) {
  if (metric.is_null) return append_integer(out, MetricField::kIsNull, 1);
  switch (metric.type) {
    case DataType::kDouble:
      return append_double(out, MetricField::kDouble, metric.number);
    case DataType::kString:
      return append_bytes(out, MetricField::kString, metric.text);
    case DataType::kBoolean:
      return append_integer(out, MetricField::kBoolean, metric.integer != 0 ? 1 : 0);
    case DataType::kInt32:
    case DataType::kInt64:
      return append_integer(out, MetricField::kLong, static_cast<std::uint64_t>(metric.integer));
  }
}

}  // namespace

SparkplugWriter::SparkplugWriter(std::int64_t time) {
  append_integer(bytes_, PayloadField::kTimestamp, static_cast<std::uint64_t>(time));
}

void SparkplugWriter::add(const Metric& metric) {
  std::string out;
  if (!metric.name.empty()) append_bytes(out, MetricField::kName, metric.name);
  if (metric.alias) append_integer(out, MetricField::kAlias, *metric.alias);
  append_integer(out, MetricField::kTimestamp, static_cast<std::uint64_t>(metric.time));
  append_integer(out, MetricField::kDatatype, static_cast<std::uint64_t>(metric.type));
  if (metric.is_historical) append_integer(out, MetricField::kIsHistorical, 1);
  const std::string properties = properties_of(metric);
  // The order of the fields' numbers, as other encoders have it.
  std::string value;
  append_value(value, metric);
  if (metric.is_null) out += value;
  if (!properties.empty()) append_bytes(out, MetricField::kProperties, properties);
  if (!metric.is_null) out += value;
  append_bytes(bytes_, PayloadField::kMetrics, out);
  ++count_;
}

std::string SparkplugWriter::take(std::optional<std::uint8_t> seq) {
  if (seq) append_integer(bytes_, PayloadField::kSeq, *seq);
  return std::exchange(bytes_, {});
}

}  // namespace telltale::mqtt_out
