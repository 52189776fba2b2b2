#include "plugins/mqtt/presets/sparkplug_payload.h"

#include <array>
#include <bit>
#include <cstring>

#include <telltale/payload/utf8.hpp>

namespace telltale::mqtt {
namespace {

// Wire types.
constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kFixed64 = 1;
constexpr std::uint32_t kBytes = 2;
constexpr std::uint32_t kFixed32 = 5;

struct Field {
  std::uint32_t number = 0;
  std::uint32_t type = 0;
  std::uint64_t value = 0;   // of a varint or a fixed width
  std::string_view bytes{};  // of kBytes
};

// Reads one field after the other; ended_well() says whether all of it was protobuf.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool next(Field& field) {
    if (rest_.empty() || !good_) return false;
    const std::uint64_t tag = varint();
    field.number = static_cast<std::uint32_t>(tag >> 3U);
    field.type = static_cast<std::uint32_t>(tag & 7U);
    if (tag >> 32U != 0 || field.number == 0) return fail();
    switch (field.type) {
      case kVarint:
        field.value = varint();
        break;
      case kFixed64:
        field.value = fixed(8);
        break;
      case kFixed32:
        field.value = fixed(4);
        break;
      case kBytes: {
        const std::uint64_t size = varint();
        if (size > rest_.size()) return fail();
        field.bytes = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(static_cast<std::size_t>(size));
        break;
      }
      default:  // groups are gone since proto2
        return fail();
    }
    return good_;
  }
  [[nodiscard]] bool ended_well() const { return good_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    fail();
    return 0;
  }
  std::uint64_t fixed(std::size_t size) {
    if (rest_.size() < size) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    }
    rest_.remove_prefix(size);
    return value;
  }
  bool fail() {
    good_ = false;
    rest_ = {};
    return false;
  }

  std::string_view rest_;
  bool good_ = true;
};

using Value = SparkplugMetric::Value;

// One value of the property set; only its integer and text are of use.
SparkplugFault read_property(std::string_view bytes, std::uint64_t& integer, std::string_view& text) {
  Reader reader(bytes);
  for (Field field; reader.next(field);) {
    if (field.type == kVarint && (field.number == 3 || field.number == 4)) integer = field.value;
    if (field.type == kBytes && field.number == 8) text = field.bytes;
  }
  return reader.ended_well() ? SparkplugFault::kNone : SparkplugFault::kMalformed;
}

// Keys and values stand in two lists of the same order.
SparkplugFault read_properties(std::string_view bytes, SparkplugMetric& metric) {
  constexpr std::size_t kMaxKeys = 32;
  std::array<std::string_view, kMaxKeys> keys;
  std::size_t key_count = 0;
  Reader names(bytes);
  for (Field field; names.next(field);) {
    if (field.number == 1 && field.type == kBytes && key_count < kMaxKeys) keys.at(key_count++) = field.bytes;
  }
  if (!names.ended_well()) return SparkplugFault::kMalformed;
  Reader values(bytes);
  std::size_t at = 0;
  for (Field field; values.next(field);) {
    if (field.number != 2 || field.type != kBytes) continue;
    if (at == key_count) break;
    std::uint64_t integer = 0;
    std::string_view text;
    if (const auto fault = read_property(field.bytes, integer, text); fault != SparkplugFault::kNone) return fault;
    const std::string_view key = keys.at(at++);
    if (key == "Quality") metric.quality = static_cast<std::uint32_t>(integer);
    if (key == "engUnit" || key == "Engineering Units") metric.unit = text;
  }
  return SparkplugFault::kNone;
}

void take_value(const Field& field, SparkplugMetric& metric) {
  switch (field.number) {
    case 10:
      metric.kind = Value::kInt;
      metric.integer = field.value;
      break;
    case 11:
      metric.kind = Value::kLong;
      metric.integer = field.value;
      break;
    case 12:
      metric.kind = Value::kFloat;
      metric.number = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(field.value)));
      break;
    case 13:
      metric.kind = Value::kDouble;
      metric.number = std::bit_cast<double>(field.value);
      break;
    case 14:
      metric.kind = Value::kBoolean;
      metric.integer = field.value != 0 ? 1 : 0;
      break;
    case 15:
      metric.kind = Value::kText;
      metric.text = field.bytes;
      break;
    default:
      metric.kind = Value::kOther;
  }
}

// The wire type that a field of a metric must have; anything for what is passed over.
bool has_right_type(const Field& field) {
  constexpr std::array<std::uint32_t, 16> kTypes{9,      kBytes, kVarint, kVarint, kVarint,  kVarint,  kVarint, kVarint,
                                                 kBytes, kBytes, kVarint, kVarint, kFixed32, kFixed64, kVarint, kBytes};
  return field.number >= kTypes.size() || kTypes.at(field.number) == field.type;
}

SparkplugFault read_metric(std::string_view bytes, SparkplugMetric& metric) {
  Reader reader(bytes);
  for (Field field; reader.next(field);) {
    if (!has_right_type(field)) return SparkplugFault::kMalformed;
    switch (field.number) {
      case 1:
        metric.name = field.bytes;
        break;
      case 2:
        metric.alias = field.value;
        break;
      case 3:
        metric.timestamp = field.value;
        break;
      case 4:
        metric.datatype = static_cast<std::uint32_t>(field.value);
        break;
      case 5:
        metric.is_historical = field.value != 0;
        break;
      case 7:
        metric.is_null = field.value != 0;
        break;
      case 9:
        if (const auto fault = read_properties(field.bytes, metric); fault != SparkplugFault::kNone) return fault;
        break;
      case 6:
      case 8:
        break;
      default:
        take_value(field, metric);
    }
  }
  if (!reader.ended_well()) return SparkplugFault::kMalformed;
  const bool texts = payload::is_utf8(metric.name) && payload::is_utf8(metric.unit) && payload::is_utf8(metric.text);
  return texts ? SparkplugFault::kNone : SparkplugFault::kNotUtf8;
}

void put_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7fU) | 0x80U);
  bytes += static_cast<char>(value);
}

}  // namespace

std::string_view to_word(SparkplugFault fault) noexcept {
  constexpr std::array<std::string_view, 5> kWords{"", "not_protobuf", "too_large", "too_many_values", "not_utf8"};
  return kWords.at(static_cast<std::size_t>(fault));
}

std::optional<double> SparkplugMetric::as_number(std::uint32_t type) const noexcept {
  switch (kind) {
    case Value::kFloat:
    case Value::kDouble:
      return number;
    case Value::kBoolean:
      return static_cast<double>(integer);
    case Value::kInt: {
      const auto word = static_cast<std::uint32_t>(integer);
      switch (type) {
        case 1:
          return static_cast<double>(static_cast<std::int8_t>(word));
        case 2:
          return static_cast<double>(static_cast<std::int16_t>(word));
        case 3:
          return static_cast<double>(static_cast<std::int32_t>(word));
        default:
          return static_cast<double>(word);
      }
    }
    case Value::kLong:
      // Some encoders write an Int32 as a long.
      if (type >= 1 && type <= 4) return static_cast<double>(static_cast<std::int64_t>(integer));
      return static_cast<double>(integer);
    default:
      return std::nullopt;
  }
}

SparkplugFault read_sparkplug(std::string_view bytes, SparkplugPayload& payload) {
  payload.timestamp.reset();
  payload.seq.reset();
  payload.metrics.clear();
  if (bytes.size() > kMaxSparkplugBytes) return SparkplugFault::kTooLarge;
  Reader reader(bytes);
  SparkplugFault fault = SparkplugFault::kNone;
  for (Field field; fault == SparkplugFault::kNone && reader.next(field);) {
    if (field.number == 1 && field.type == kVarint) payload.timestamp = field.value;
    if (field.number == 3 && field.type == kVarint) payload.seq = field.value;
    if (field.number != 2) continue;
    if (field.type != kBytes) return SparkplugFault::kMalformed;
    if (payload.metrics.size() == kMaxSparkplugMetrics) return SparkplugFault::kTooMany;
    fault = read_metric(field.bytes, payload.metrics.emplace_back());
  }
  if (fault == SparkplugFault::kNone && !reader.ended_well()) fault = SparkplugFault::kMalformed;
  if (fault != SparkplugFault::kNone) payload.metrics.clear();
  return fault;
}

std::string rebirth_command(std::uint64_t timestamp) {
  constexpr std::string_view kName = "Node Control/Rebirth";
  std::string metric;
  metric += '\x0a';  // name
  put_varint(metric, kName.size());
  metric += kName;
  metric += '\x18';  // timestamp
  put_varint(metric, timestamp);
  metric += '\x20';  // datatype
  put_varint(metric, kSparkplugBoolean);
  metric += "\x70\x01";  // boolean_value: true
  std::string bytes;
  bytes += '\x08';  // timestamp
  put_varint(bytes, timestamp);
  bytes += '\x12';  // metric
  put_varint(bytes, metric.size());
  bytes += metric;
  return bytes;
}

}  // namespace telltale::mqtt
