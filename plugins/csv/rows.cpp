#include "plugins/csv/rows.h"

#include <array>
#include <cstdio>
#include <ctime>

#include <telltale/cpp/text.hpp>

#include "plugins/outgoing/reading_text.h"

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
  append_time(out, reading.time);
  out += ',';
  append_cell(out, to_view(series.name));
  out += ',';
  append_cell(out, labels_of(series));
  out += ',';
  if (series.kind != TELLTALE_KIND_EVENT && outgoing::has_value(reading)) outgoing::append_number(out, reading.value);
  out += ',';
  append_cell(out, to_view(reading.text));
  out += ',';
  append_cell(out, to_view(series.unit));
  out += ',';
  out += outgoing::quality_word(outgoing::quality_of(reading));
  out += '\n';
}

}  // namespace telltale::csv
