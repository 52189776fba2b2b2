#include "daemon/core/utf8.h"

#include <cstdint>

namespace telltale::core {

namespace {

// RFC 3629, section 3: how a lead byte reads.
struct Lead {
  std::size_t length;  // of the whole sequence; 0: not a lead byte
  char32_t bits;       // of the lead byte
  char32_t minimum;    // below it the form would be overlong
};

Lead read_lead(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc2 && byte <= 0xdf) return {2, byte & 0x1fU, 0x80};
  if (byte >= 0xe0 && byte <= 0xef) return {3, byte & 0x0fU, 0x800};
  if (byte >= 0xf0 && byte <= 0xf4) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

std::optional<char32_t> take_utf8(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const Lead lead = read_lead(static_cast<unsigned char>(rest.front()));
  if (lead.length == 0 || lead.length > rest.size()) return std::nullopt;
  char32_t character = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xc0U) != 0x80U) return std::nullopt;
    character = (character << 6U) | (byte & 0x3fU);
  }
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (character < lead.minimum || character > 0x10ffff || surrogate) return std::nullopt;
  rest.remove_prefix(lead.length);
  return character;
}

std::size_t count_utf8(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (!take_utf8(text)) text.remove_prefix(1);
    ++count;
  }
  return count;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && bytes - end < 4 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace telltale::core
