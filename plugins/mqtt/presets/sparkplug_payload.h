// The payload of Sparkplug B, a protobuf message (Eclipse Sparkplug 3.0, section 6.4, and sparkplug_b.proto; wire
// format: protobuf.dev, "Encoding"), read without copies. What is not needed here (data sets, templates, files) is
// passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::mqtt {

enum class SparkplugFault : std::uint8_t {
  kNone,
  kMalformed,  // not protobuf, or cut off
  kTooLarge,   // the message
  kTooMany,    // metrics
  kNotUtf8,    // a name or text
};
// "not_protobuf", "too_large", …: the last part of a counter's name; empty for kNone. [any]
[[nodiscard]] std::string_view to_word(SparkplugFault fault) noexcept;

// Numbers of the specification, section 6.4.16.
inline constexpr std::uint32_t kSparkplugBoolean = 11;
inline constexpr std::uint32_t kSparkplugString = 12;
inline constexpr std::uint32_t kSparkplugDateTime = 13;

// Views are of the payload.
struct SparkplugMetric {
  enum class Value : std::uint8_t { kNone, kInt, kLong, kFloat, kDouble, kBoolean, kText, kOther };

  std::string_view name;
  std::optional<std::uint64_t> alias{};
  std::optional<std::uint64_t> timestamp{};  // ms since 1970
  std::uint32_t datatype = 0;                // 0: not given, as in data of a known alias
  bool is_historical = false;
  bool is_null = false;
  Value kind = Value::kNone;
  std::uint64_t integer = 0;  // of kInt, kLong and kBoolean, as it came
  double number = 0;          // of kFloat and kDouble
  std::string_view text{};    // of kText
  // Of the property set.
  std::string_view unit{};                 // engUnit
  std::optional<std::uint32_t> quality{};  // Quality: 0 bad, 192 good, 500 stale

  // An integer with the sign that its datatype has; nothing for texts and what is not a number.
  [[nodiscard]] std::optional<double> as_number(std::uint32_t type) const noexcept;
};

struct SparkplugPayload {
  std::optional<std::uint64_t> timestamp{};  // ms since 1970
  std::optional<std::uint64_t> seq{};
  std::vector<SparkplugMetric> metrics{};
};

inline constexpr std::size_t kMaxSparkplugBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxSparkplugMetrics = 8'192;

// Reads the whole payload or nothing; `payload` keeps its storage. [any]
[[nodiscard]] SparkplugFault read_sparkplug(std::string_view bytes, SparkplugPayload& payload);

// The command that asks an edge node for its birth: the metric `Node Control/Rebirth`, true, with that time.
[[nodiscard]] std::string rebirth_command(std::uint64_t timestamp);

}  // namespace telltale::mqtt
