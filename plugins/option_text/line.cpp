#include "plugins/option_text/line.h"

#include <telltale/cpp/errors.hpp>

namespace telltale::option_text {

std::optional<char32_t> take_character(std::string_view& rest) noexcept {
  const auto byte = [&](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U; };
  const unsigned lead = byte(0);
  if (rest.empty() || (lead >= 0x80 && lead < 0xc2) || lead > 0xf4) return std::nullopt;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0x80 ? 2 : 1;
  // Table 3-7 of the Unicode standard: the second byte keeps out overlong forms, surrogates and what is beyond.
  const unsigned lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (length > 1 && (byte(1) < lowest || byte(1) > highest)) return std::nullopt;
  char32_t character = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return std::nullopt;
    character = character << 6U | (byte(i) & 0x3fU);
  }
  rest.remove_prefix(length);
  return character;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (!take_character(text)) return false;
  }
  return true;
}

bool is_control(char32_t character) noexcept {
  return character < 0x20 || (character >= 0x7f && character <= 0x9f) || (character >= 0xfdd0 && character <= 0xfdef) ||
         (character & 0xfffeU) == 0xfffeU;
}

std::string checked_line(std::string_view key, std::string_view text, std::size_t most) {
  const auto refuse = [&](const std::string& why) { throw ConfigError(std::string(key) + ": " + why); };
  if (text.size() > most) refuse("at most " + std::to_string(most) + " bytes");
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = take_character(rest);
    if (!character) refuse("it is no UTF-8");
    if (character && is_control(*character)) refuse("one line, without control characters");
  }
  return std::string(text);
}

std::string line_of(const Options& options, std::string_view key, std::size_t most) {
  return checked_line(key, options.text(key), most);
}

}  // namespace telltale::option_text
