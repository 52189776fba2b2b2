#include "plugins/linux/codec/w1.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

constexpr std::array<std::string_view, 5> kFamilies{"10-", "22-", "28-", "3b-", "42-"};
constexpr std::int32_t kPowerOn = 85'000;
constexpr std::int32_t kColdest = -100'000;  // beyond what any of them measures: -55 °C
constexpr std::int32_t kHottest = 200'000;   // 125 °C

W1Reading from_millidegrees(std::optional<std::int32_t> value) {
  if (!value || *value < kColdest || *value > kHottest) return {};
  return {static_cast<double>(*value) / 1000,
          *value == kPowerOn ? W1Reading::Trust::kPowerOn : W1Reading::Trust::kGood};
}

// A bus that is shorted to ground reads as zeros, whose check sum is 0 and right.
bool is_all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '0' || is_blank(c); });
}

}  // namespace

bool is_w1_thermometer(std::string_view device) {
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](std::string_view family) { return device.starts_with(family); });
}

W1Reading parse_w1_slave(std::string_view text) {
  const auto sum = take_line(text);
  const auto value = take_line(text);
  if (!sum || !value || !trim(*sum).ends_with(" YES") || is_all_zero(sum->substr(0, sum->find(':')))) return {};
  const std::size_t equals = value->rfind("t=");
  if (equals == std::string_view::npos) return {};
  return from_millidegrees(parse_number<std::int32_t>(value->substr(equals + 2)));
}

W1Reading parse_w1_temperature(std::string_view text) { return from_millidegrees(parse_number<std::int32_t>(text)); }

}  // namespace telltale::linux_input
