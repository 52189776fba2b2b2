#include "plugins/outgoing/reading_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include <telltale/cpp/text.hpp>

namespace telltale::outgoing {

bool has_value(const telltale_outgoing& reading) noexcept {
  if (reading.series->kind == TELLTALE_KIND_EVENT) {
    return reading.text.size > 0 || reading.quality != TELLTALE_QUALITY_BAD;
  }
  return reading.quality != TELLTALE_QUALITY_BAD && std::isfinite(reading.value);
}

std::uint32_t quality_of(const telltale_outgoing& reading) noexcept {
  return has_value(reading) ? reading.quality : TELLTALE_QUALITY_BAD;
}

std::string_view quality_word(std::uint32_t quality) noexcept {
  static constexpr std::array<std::string_view, 4> kWords{"good", "stale", "uncertain", "bad"};
  return quality < kWords.size() ? kWords[quality] : kWords[TELLTALE_QUALITY_BAD];
}

std::int64_t in_ms(std::int64_t ns) noexcept {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  return ns / kNsPerMs - (ns % kNsPerMs < 0 ? 1 : 0);
}

std::string_view label_of(const telltale_series& series, std::string_view name) noexcept {
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    if (to_view(series.labels[i].name) == name) return to_view(series.labels[i].value);
  }
  return {};
}

std::string key_of(const telltale_series& series) {
  std::string key(to_view(series.name));
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    key.append(i == 0 ? "{" : ",").append(to_view(series.labels[i].name)).append("=\"");
    key.append(to_view(series.labels[i].value)).append("\"");
  }
  if (series.label_count > 0) key += '}';
  return key;
}

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) return;
  std::array<char, 32> digits{};
  const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  if (failed == std::errc()) out.append(digits.data(), end);
}

}  // namespace telltale::outgoing
