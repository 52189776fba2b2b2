// What the device's answer means. Pure: it knows neither the device nor Telltale, so it can be tested alone.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

// The number at the beginning of a text, after spaces: 0.52 of "0.52 0.31 0.24 1/312 4711".
inline std::optional<double> first_number(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  return failed == std::errc() ? std::optional(number) : std::nullopt;
}
