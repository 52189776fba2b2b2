// From a raw number to the one that is shown: calibration, scale and offset, range, deadband.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace telltale::payload {

// Straight lines between points; outside of them the first and the last line go on. A value; constant once made.
class Calibration {
 public:
  Calibration() = default;
  // "RAW=VALUE" each, two at least, in any order; or what is wrong with them.
  [[nodiscard]] static std::variant<Calibration, std::string> parse(const std::vector<std::string>& points);

  [[nodiscard]] bool empty() const noexcept { return points_.empty(); }
  [[nodiscard]] double apply(double raw) const noexcept;

 private:
  std::vector<std::pair<double, double>> points_;  // ascending
};

struct ValueRule {
  Calibration calibration;  // first
  double scale = 1;
  double offset = 0;  // after the scale
  std::optional<double> minimum;
  std::optional<double> maximum;
  double deadband = 0;              // a change that is not larger is not published; 0: every value is
  std::int64_t deadband_every = 0;  // ns after which a value is published all the same
};

enum class ValueVerdict : std::uint8_t { kPublish, kUnchanged, kOutOfRange, kNotFinite };

// What a series' last published value was. A value.
struct ValueState {
  double last = 0;
  std::int64_t published = 0;  // ns on the boot clock
  bool has_last = false;
};

// `value` is written for kPublish and kUnchanged. `state` changes with kPublish, and is forgotten when the value is
// bad: the next good one is published. [any]
[[nodiscard]] ValueVerdict apply(const ValueRule& rule, double raw, std::int64_t now, ValueState& state,
                                 double& value) noexcept;

}  // namespace telltale::payload
