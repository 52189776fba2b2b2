#include "plugins/mqtt-out/json_text.h"

#include <cmath>

#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

void append_json(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U) {
      out.append("\\u00") += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_json(std::string& out, double number) {
  if (!std::isfinite(number)) out += "null";
  outgoing::append_number(out, number);
}

}  // namespace telltale::mqtt_out
