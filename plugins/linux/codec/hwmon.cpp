#include "plugins/linux/codec/hwmon.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

struct Kind {
  std::string_view prefix;
  Quantity quantity;
};
// Millivolts, m°C, rpm, mA, µW, µJ, m%, Hz.
constexpr std::array<Kind, 8> kKinds{{
    {"in", {"voltage", "V", "voltage", 1e-3, 3}},
    {"temp", {"temperature", "°C", "temperature", 1e-3, 1}},
    {"fan", {"fan.speed", "rpm", "fan", 1, 0}},
    {"curr", {"current", "A", "current", 1e-3, 3}},
    {"power", {"power", "W", "power", 1e-6, 2}},
    {"energy", {"energy", "J", "energy", 1e-6, 0, TELLTALE_KIND_COUNTER}},
    {"humidity", {"humidity", "%", "humidity", 1e-3, 1}},
    {"freq", {"frequency", "Hz", "frequency", 1, 0}},
}};

constexpr double kBeyondBelief = 1e15;

}  // namespace

std::optional<HwmonChannel> parse_hwmon_file(std::string_view file) {
  // `power*_average` is all that some chips have; the reader prefers `_input` when both are there.
  std::string_view prefix;
  if (file.ends_with("_input")) prefix = file.substr(0, file.size() - 6);
  if (file.ends_with("_average")) prefix = file.substr(0, file.size() - 8);
  const std::size_t digits = prefix.find_first_of("0123456789");
  if (digits == std::string_view::npos || !parse_number<std::uint32_t>(prefix.substr(digits))) return std::nullopt;
  const std::string_view word = prefix.substr(0, digits);
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.prefix == word; });
  if (kind == kKinds.end() || (file.ends_with("_average") && word != "power")) return std::nullopt;
  return HwmonChannel{std::string(prefix), &kind->quantity};
}

std::string chip_name_of_zone(std::string_view zone_type) {
  std::string name(zone_type);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

const Quantity& zone_temperature() { return kKinds[1].quantity; }

std::optional<double> convert(std::string_view text, const Quantity& quantity) {
  const auto number = parse_number<double>(text);
  if (!number || std::abs(*number) >= kBeyondBelief) return std::nullopt;
  return *number * quantity.factor;
}

}  // namespace telltale::linux_input
