#include "plugins/csv/rows.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <telltale/cpp/text.hpp>

namespace telltale::csv {

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::string labels_of(const telltale_series& series) {
  std::string out;
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    if (i > 0) out += ';';
    out.append(to_view(series.labels[i].name)).append("=").append(to_view(series.labels[i].value));
  }
  return out;
}

std::string_view quality_word(std::uint32_t quality) {
  static constexpr std::array<std::string_view, 4> kWords{"good", "stale", "uncertain", "bad"};
  return quality < kWords.size() ? kWords[quality] : kWords[TELLTALE_QUALITY_BAD];
}

}  // namespace

void append_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_time(std::string& out, std::int64_t ns) {
  std::int64_t fraction = ns % kNsPerSecond;
  if (fraction < 0) fraction += kNsPerSecond;
  const std::time_t seconds = (ns - fraction) / kNsPerSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  if (fraction != 0) {
    std::snprintf(text.data(), text.size(), ".%09lld", static_cast<long long>(fraction));
    std::string_view digits(text.data());
    while (digits.ends_with('0')) digits.remove_suffix(1);
    out += digits;
  }
  out += 'Z';
}

void append_row(std::string& out, const telltale_outgoing& reading) {
  const telltale_series& series = *reading.series;
  const bool is_event = series.kind == TELLTALE_KIND_EVENT;
  const bool bad = !is_event && (reading.quality == TELLTALE_QUALITY_BAD || !std::isfinite(reading.value));
  append_time(out, reading.time);
  out += ',';
  append_cell(out, to_view(series.name));
  out += ',';
  append_cell(out, labels_of(series));
  out += ',';
  if (!is_event && !bad) {
    std::array<char, 32> digits{};
    const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), reading.value);
    if (failed == std::errc()) out.append(digits.data(), end);
  }
  out += ',';
  append_cell(out, to_view(reading.text));
  out += ',';
  append_cell(out, to_view(series.unit));
  out += ',';
  const bool said_bad = is_event && reading.quality == TELLTALE_QUALITY_BAD;  // an event has its text
  out += quality_word(bad ? TELLTALE_QUALITY_BAD : said_bad ? TELLTALE_QUALITY_GOOD : reading.quality);
  out += '\n';
}

}  // namespace telltale::csv
