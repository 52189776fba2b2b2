#include <telltale/payload/refusals.hpp>

namespace telltale::payload {

std::string escaped(std::string_view bytes, std::size_t limit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      text += "\\x";
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 0xfU];
    }
  }
  if (bytes.size() > limit) text += "…";
  return text;
}

void Refusals::add(std::string_view reason, std::string_view source, std::string_view payload,
                   std::string_view detail) {
  counter_.assign(prefix_).append(reason);
  host_.count(counter_);
  host_.refuse({.reason = counter_, .source = source, .payload = payload, .detail = detail});
  const auto now = host_.now();
  if (now < next_log_) {
    ++unlogged_;
    return;
  }
  next_log_ = now + kLogEvery;
  std::string line = "a message does not fit (" + std::string(reason) + ")";
  if (!detail.empty()) line += ": " + escaped(detail, 120);
  line += ": ";
  if (!source.empty()) line += "from \"" + escaped(source, 120) + "\", ";
  line += "payload \"" + escaped(payload, 120) + "\"";
  if (unlogged_ != 0) line += " (and " + std::to_string(unlogged_) + " before it)";
  unlogged_ = 0;
  host_.warning(line);
}

}  // namespace telltale::payload
