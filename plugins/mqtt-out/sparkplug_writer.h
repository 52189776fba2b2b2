// Payloads of Sparkplug B, written (Eclipse Sparkplug 3.0, section 6.4, and sparkplug_b.proto). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telltale::mqtt_out {

// Numbers of the specification, section 6.4.16.
enum class DataType : std::uint32_t { kInt32 = 3, kInt64 = 4, kDouble = 10, kBoolean = 11, kString = 12 };

struct Metric {
  std::string_view name{};  // of a birth; data go by the alias, and say their type for readers that keep no births
  std::optional<std::uint64_t> alias{};
  std::int64_t time = 0;  // ms since 1970
  DataType type = DataType::kDouble;
  bool is_historical = false;
  bool is_null = false;
  double number = 0;             // of kDouble
  std::int64_t integer = 0;      // of kInt64 and kBoolean
  std::string_view text{};       // of kString
  std::string_view unit{};       // the property engUnit, when there is one
  std::optional<int> quality{};  // the property Quality: 0 bad, 192 good, 500 stale
};

class SparkplugWriter {
 public:
  explicit SparkplugWriter(std::int64_t time);  // ms since 1970
  void add(const Metric& metric);
  // With the sequence number; a death of a node has none.
  [[nodiscard]] std::string take(std::optional<std::uint8_t> seq);
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::string bytes_;
  std::size_t count_ = 0;
};

}  // namespace telltale::mqtt_out
