// Pieces of written times, taken off the front of a text: for parse_time() and for what reads other forms. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telltale::core {

// Exactly `width` digits.
[[nodiscard]] inline std::optional<int> take_number(std::string_view& rest, std::size_t width) {
  if (rest.size() < width) return std::nullopt;
  int value = 0;
  for (const char c : rest.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  rest.remove_prefix(width);
  return value;
}

// One character, when it is one of these.
inline bool take_any(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

// What may stand behind a number: one of `marks` and digits, as billionths; what is finer is cut off. 0: there is none.
[[nodiscard]] inline std::optional<std::int64_t> take_fraction(std::string_view& rest, std::string_view marks) {
  if (!take_any(rest, marks)) return 0;
  std::int64_t value = 0;
  std::int64_t place = 100'000'000;
  const std::size_t before = rest.size();
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
    value += place * (rest.front() - '0');
    place /= 10;
  }
  if (rest.size() == before) return std::nullopt;
  return value;
}

}  // namespace telltale::core
