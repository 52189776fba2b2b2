#include "plugins/serial/framing/byte_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace telltale::serial {
namespace {

using Name = std::pair<std::string_view, std::string_view>;
constexpr std::array<Name, 14> kNames{{{"NUL", std::string_view("\0", 1)},
                                       {"SOH", "\x01"},
                                       {"STX", "\x02"},
                                       {"ETX", "\x03"},
                                       {"EOT", "\x04"},
                                       {"ENQ", "\x05"},
                                       {"ACK", "\x06"},
                                       {"LF", "\n"},
                                       {"CR", "\r"},
                                       {"CRLF", "\r\n"},
                                       {"DLE", "\x10"},
                                       {"NAK", "\x15"},
                                       {"ESC", "\x1b"},
                                       {"DEL", "\x7f"}}};

std::optional<std::string_view> named(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& one) { return one.first == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// What stands at the front of `text` behind the backslash; takes it.
std::optional<char> escape_at(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char c = text.front();
  text.remove_prefix(1);
  switch (c) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '0':
      return '\0';
    case '\\':
    case '<':
      return c;
    case 'x':
      break;
    default:
      return std::nullopt;
  }
  if (text.size() < 2 || digit_of(text[0]) < 0 || digit_of(text[1]) < 0) return std::nullopt;
  const char byte = static_cast<char>(digit_of(text[0]) * 16 + digit_of(text[1]));
  text.remove_prefix(2);
  return byte;
}

}  // namespace

std::optional<std::string> bytes_of(std::string_view text) {
  if (const auto whole = named(text)) return std::string(*whole);
  std::string bytes;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      const auto byte = escape_at(text);
      if (!byte) return std::nullopt;
      bytes += *byte;
    } else if (c == '<') {
      const std::size_t close = text.find('>');
      const auto name = close == std::string_view::npos ? std::nullopt : named(text.substr(0, close));
      if (!name) return std::nullopt;
      bytes += *name;
      text.remove_prefix(close + 1);
    } else {
      bytes += c;
    }
  }
  return bytes;
}

}  // namespace telltale::serial
