// What a series' name and a label's name may hold, and how foreign names are made to fit (see host.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace telltale::payload {

inline constexpr std::size_t kMaxSeriesName = 256;

// A character of a series' name: none of {}"@,=*? and no control character.
[[nodiscard]] constexpr bool is_series_name_character(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) return false;
  switch (c) {
    case '{':
    case '}':
    case '"':
    case '@':
    case ',':
    case '=':
    case '*':
    case '?':
      return false;
    default:
      return true;
  }
}

// [a-zA-Z_][a-zA-Z0-9_]*
[[nodiscard]] constexpr bool is_label_name_character(char c, bool first) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

// Appends `text` with _ for each character that a series' name may not have. [any]
void append_series_name(std::string& name, std::string_view text);

// Appends `text` with _ for each character that a label's name may not have. [any]
void append_label_name(std::string& name, std::string_view text);
[[nodiscard]] bool is_label_name(std::string_view text) noexcept;

}  // namespace telltale::payload
