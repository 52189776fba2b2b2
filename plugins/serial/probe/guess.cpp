#include "plugins/serial/probe/guess.h"

#include <algorithm>
#include <vector>

#include <telltale/payload/key_value_payload.hpp>
#include <telltale/payload/nmea_payload.hpp>
#include <telltale/payload/number_payload.hpp>
#include <telltale/payload/refusals.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::serial {
namespace {

class Records final : public payload::Receiver {
 public:
  void record(const payload::Record& record) override { items_ += record.items.size(); }
  void refused(std::string_view /*reason*/, std::string_view /*detail*/) override { refused_ = true; }
  [[nodiscard]] bool fits() const { return !refused_ && items_ != 0; }

 private:
  std::size_t items_ = 0;
  bool refused_ = false;
};

bool fits(payload::Decoder& decoder, std::string_view line) {
  Records records;
  decoder.decode(line, records);
  return records.fits();
}

std::string form_of(std::string_view line) {
  payload::NmeaDecoder nmea({});
  if (fits(nmea, line)) return "nmea";
  payload::NumberPayload number;
  if (line.front() == '{' || line.front() == '[') return "json";
  if (payload::parse_number_payload(line, {}, number) == payload::NumberFault::kNone) return "number";
  payload::KeyValueDecoder pairs({});
  if (fits(pairs, line)) return "keyvalue";
  if (line.find_first_of(",;") != std::string_view::npos) return "csv";
  return "text";
}

// Whole lines: neither the first, which may have begun earlier, nor the last.
std::vector<std::string_view> lines_of(std::string_view bytes) {
  std::vector<std::string_view> lines;
  bytes.remove_prefix(std::min(bytes.find_first_of("\r\n"), bytes.size()));
  while (!bytes.empty()) {
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    lines.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end);
  }
  return lines;
}

}  // namespace

Guess guess(std::string_view bytes) {
  Guess made;
  if (bytes.empty()) return made;
  const auto is_plain = [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t'; };
  const auto plain = static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), is_plain));
  const std::vector<std::string_view> lines = lines_of(bytes);
  if (lines.empty()) {
    made.confidence = static_cast<unsigned>(plain * 20 / bytes.size());
    made.sample = payload::escaped(bytes, 60);
    return made;
  }
  const auto longest = std::max_element(lines.begin(), lines.end(), [](auto a, auto b) { return a.size() < b.size(); });
  made.sample = payload::escaped(*longest, 100);
  made.payload = form_of(*longest);
  const bool has_cr = bytes.find('\r') != std::string_view::npos;
  const bool has_lf = bytes.find('\n') != std::string_view::npos;
  made.end = std::string(has_cr ? "\\r" : "") + (has_lf ? "\\n" : "");
  const std::size_t purity = plain * 100 / bytes.size();
  made.confidence = static_cast<unsigned>(made.payload == "nmea" ? 100 : purity * (made.payload == "text" ? 70 : 95) / 100);
  if (purity < 90) {  // noise has line ends, too
    made.confidence = static_cast<unsigned>(purity * 30 / 100);
    made.payload.clear();
  }
  return made;
}

}  // namespace telltale::serial
