#include "daemon/core/escape.h"

#include <iterator>

#include <fmt/format.h>

#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

bool reorders_line(char32_t character) {
  return character == 0x2028 || character == 0x2029 || (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

// The short escapes that logs and JSON share; 0: none.
char short_escape(char32_t character) {
  switch (character) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

std::string escape_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const auto character = take_utf8(text);
    if (!character) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    } else if (const char letter = short_escape(*character); letter != 0) {
      out.append({'\\', letter});
    } else if (is_control(*character)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint32_t>(*character));
    } else if (reorders_line(*character)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(*character));
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::string_view before = text;
    const auto character = take_utf8(text);
    if (!character) {
      out.append("\xef\xbf\xbd");
      text.remove_prefix(1);
    } else if (*character == '"' || *character == '\\') {
      out.append({'\\', static_cast<char>(*character)});
    } else if (const char letter = short_escape(*character); letter != 0) {
      out.append({'\\', letter});
    } else if (is_control(*character) || reorders_line(*character)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(*character));
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  out.push_back('"');
  return out;
}

}  // namespace telltale::core
