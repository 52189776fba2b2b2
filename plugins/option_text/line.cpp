#include "plugins/option_text/line.h"

#include <algorithm>
#include <cstdint>

#include <telltale/cpp/errors.hpp>

namespace telltale::option_text {

namespace {

// How many bytes the character takes that begins here; 0: none begins here.
std::size_t length_of(std::string_view rest) noexcept {
  const auto byte = [&](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  // Table 3-7 of the Unicode standard: the second byte keeps out overlong forms, surrogates and what is beyond.
  const unsigned lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = length_of(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string checked_line(std::string_view key, std::string_view text, std::size_t most) {
  const auto refuse = [&](const std::string& why) { throw ConfigError(std::string(key) + ": " + why); };
  if (text.size() > most) refuse("at most " + std::to_string(most) + " bytes");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) refuse("one line, without control characters");
  if (!is_utf8(text)) refuse("it is no UTF-8");
  return std::string(text);
}

std::string line_of(const Options& options, std::string_view key, std::size_t most) {
  return checked_line(key, options.text(key), most);
}

}  // namespace telltale::option_text
