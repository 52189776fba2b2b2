#include "sdk/validator/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include <telltale/cpp/text.hpp>

namespace telltale::validator {

namespace {

// Decodes one character at `at` and moves behind it; false when it is no UTF-8 (RFC 3629).
bool next_character(std::string_view text, std::size_t& at, std::uint32_t& character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  std::size_t size = 0;
  if (first < 0x80U) {
    size = 1;
  } else if (first >= 0xC2U && first < 0xE0U) {
    size = 2;
  } else if (first >= 0xE0U && first < 0xF0U) {
    size = 3;
  } else if (first >= 0xF0U && first < 0xF5U) {
    size = 4;
  }
  if (size == 0 || text.size() - at < size) return false;
  character = size == 1 ? first : first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return false;
    character = (character << 6U) | (byte(at + i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLowest{0, 0, 0x80, 0x800, 0x10000};
  at += size;
  return character >= kLowest.at(size) && character <= 0x10FFFFU && (character < 0xD800U || character > 0xDFFFU);
}

bool is_control(std::uint32_t character) { return character < 0x20U || (character >= 0x7FU && character < 0xA0U); }

}  // namespace

bool is_utf8(std::string_view text) {
  std::uint32_t character = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!next_character(text, at, character)) return false;
  }
  return true;
}

bool is_clean(std::string_view text) {
  std::uint32_t character = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!next_character(text, at, character) || is_control(character)) return false;
  }
  return true;
}

bool is_sane(telltale_str text, std::size_t limit) {
  return text.size <= limit && (text.size == 0 || text.data != nullptr);
}

bool is_word(std::string_view text, std::string_view more) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || more.find(c) != std::string_view::npos;
  });
}

std::string shown(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() >= limit) return out + "…";
    const std::size_t begin = at;
    std::uint32_t character = 0;
    if (next_character(text, at, character) && !is_control(character)) {
      out += text.substr(begin, at - begin);
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", static_cast<unsigned char>(text[begin]));
    out += escaped.data();
    at = begin + 1;
  }
  return out;
}

std::string shown(telltale_str text) {
  if (text.size > 0 && text.data == nullptr) return "(a length without a text)";
  // Longer ones are hardly texts: what lies behind the pointer may end at any byte.
  constexpr std::uint64_t kMost = 4'096;
  if (text.size > kMost) return "(a length of " + std::to_string(text.size) + " bytes)";
  return shown(std::string_view(text.data, static_cast<std::size_t>(text.size)));
}

std::string result_text(telltale_result result) {
  switch (result) {
    case TELLTALE_OK:
      return "TELLTALE_OK";
    case TELLTALE_FULL:
      return "TELLTALE_FULL";
    case TELLTALE_E_INVALID:
      return "TELLTALE_E_INVALID";
    case TELLTALE_E_CONFIG:
      return "TELLTALE_E_CONFIG";
    case TELLTALE_E_IO:
      return "TELLTALE_E_IO";
    case TELLTALE_E_LIMIT:
      return "TELLTALE_E_LIMIT";
    case TELLTALE_E_STOPPED:
      return "TELLTALE_E_STOPPED";
    case TELLTALE_E_INTERNAL:
      return "TELLTALE_E_INTERNAL";
    default:
      return std::to_string(result) + ", which is no result code";
  }
}

}  // namespace telltale::validator
