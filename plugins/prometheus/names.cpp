#include "plugins/prometheus/names.h"

#include <algorithm>
#include <array>

#include <telltale/cpp/text.hpp>

namespace telltale::prometheus {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
// Of UTF-8: the second byte of a character, and those after it.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// A label of the series may have a name that we use, or Prometheus: as /metrics does it.
std::string label_name(std::string_view name) {
  static constexpr std::array<std::string_view, 2> kTaken{"series", "unit"};
  std::string out;
  for (const char c : name) {
    if (!continues(c)) out += is_letter(c) || is_digit(c) ? c : '_';
  }
  if (out.empty() || is_digit(out.front())) out.insert(0, 1, '_');
  const bool taken = std::find(kTaken.begin(), kTaken.end(), out) != kTaken.end() || out.starts_with("__");
  return taken ? "label_" + out : out;
}

}  // namespace

std::string metric_name(std::string_view prefix, std::string_view name) {
  std::string out;
  for (const std::string_view part : {prefix, name}) {
    for (const char c : part) {
      if (!continues(c)) out += is_letter(c) || is_digit(c) || c == ':' ? c : '_';
    }
  }
  if (out.empty() || is_digit(out.front())) out.insert(0, 1, '_');
  return out;
}

Labels labels_of(const telltale_series& series, Names names, std::string_view prefix) {
  Labels labels;
  const std::string_view name = to_view(series.name);
  if (names == Names::kMetric) {
    labels.emplace_back("__name__", metric_name(prefix, name));
  } else {
    labels.emplace_back("__name__", metric_name(prefix, "telltale_reading"));
    labels.emplace_back("series", name);
  }
  labels.emplace_back("unit", to_view(series.unit));
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    labels.emplace_back(label_name(to_view(series.labels[i].name)), to_view(series.labels[i].value));
  }
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  std::stable_sort(labels.begin(), labels.end(), by_name);
  labels.erase(std::unique(labels.begin(), labels.end(), same_name), labels.end());
  // There, an empty label is one that is absent.
  labels.erase(std::remove_if(labels.begin(), labels.end(), [](const auto& one) { return one.second.empty(); }),
               labels.end());
  return labels;
}

}  // namespace telltale::prometheus
