#include "daemon/core/series.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

constexpr std::array<std::string_view, 4> kKindNames = {"gauge", "counter", "state", "event"};
// Characters with a meaning in selectors.
constexpr std::string_view kReserved = "{}\"@,=*?";

Error invalid(std::string message) { return make_error(ErrorCode::kInvalid, std::move(message)); }

bool is_label_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto word = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), word);
}

Result<void> check_name(std::string_view name) {
  if (name.empty()) return invalid("a series needs a name");
  if (name.size() > kMaxNameBytes) {
    return invalid("the series name is longer than " + std::to_string(kMaxNameBytes) + " bytes");
  }
  if (!is_clean_text(name)) return invalid("the series name has control characters or is no valid UTF-8");
  const auto bad = name.find_first_of(kReserved);
  if (bad == std::string_view::npos) return {};
  return invalid("the series name '" + std::string(name) + "' contains '" + name[bad] +
                 "', which selectors use; none of {}\"@,=*? may be in a name");
}

Result<void> check_labels(const Labels& labels) {
  if (labels.size() > kMaxLabels) return invalid("a series has at most " + std::to_string(kMaxLabels) + " labels");
  for (const auto& [name, value] : labels) {
    if (!is_label_name(name) || name.size() > kMaxLabelBytes) {
      return invalid("the label name '" + escape_line(cut_utf8(name, 64)) + "' is not like [a-zA-Z_][a-zA-Z0-9_]*");
    }
    if (value.size() > kMaxLabelBytes) {
      return invalid("the label '" + name + "' is longer than " + std::to_string(kMaxLabelBytes) + " bytes");
    }
    if (!is_clean_text(value)) {
      return invalid("the label '" + name + "' has control characters or is no valid UTF-8");
    }
  }
  return {};
}

// Takes `name="value"` off `rest`.
Result<std::pair<std::string, std::string>> take_label(std::string_view& rest) {
  const auto equals = rest.find("=\"");
  if (equals == std::string_view::npos) return invalid("a label must be written name=\"value\"");
  std::pair<std::string, std::string> label(rest.substr(0, equals), "");
  rest.remove_prefix(equals + 2);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\') rest.remove_prefix(1);
    if (rest.empty()) break;
    label.second.push_back(rest.front());
    rest.remove_prefix(1);
  }
  if (rest.empty()) return invalid("a label's value has no closing quote");
  rest.remove_prefix(1);
  return label;
}

}  // namespace

std::string_view to_text(SeriesKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  return index < kKindNames.size() ? kKindNames.at(index) : "unknown";
}

std::optional<SeriesKind> series_kind_from(std::string_view text) {
  const auto* const found = std::find(kKindNames.begin(), kKindNames.end(), text);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<SeriesKind>(found - kKindNames.begin());
}

std::string SeriesKey::text() const {
  std::string out = name;
  char separator = '{';
  for (const auto& [label, value] : labels) {
    out.push_back(separator);
    out.append(label).append("=\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
    separator = ',';
  }
  if (!labels.empty()) out.push_back('}');
  return out;
}

Result<SeriesKey> make_series_key(std::string_view name, Labels labels) {
  if (auto checked = check_name(name); !checked) return checked.error();
  if (auto checked = check_labels(labels); !checked) return checked.error();
  std::sort(labels.begin(), labels.end());
  const auto twice =
      std::adjacent_find(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice != labels.end()) return invalid("the label '" + twice->first + "' is given twice");
  return SeriesKey{std::string(name), std::move(labels)};
}

Result<SeriesKey> parse_series_key(std::string_view text) {
  const auto brace = text.find('{');
  if (brace == std::string_view::npos) return make_series_key(text, {});
  std::string_view rest = text.substr(brace + 1);
  Labels labels;
  for (;;) {
    auto label = take_label(rest);
    if (!label) return label.error();
    if (labels.size() == kMaxLabels) return check_labels(Labels(kMaxLabels + 1)).error();
    labels.push_back(std::move(*label));
    if (rest == "}") break;
    if (rest.empty() || rest.front() != ',') return invalid("after a label comes ',' or '}' and the end");
    rest.remove_prefix(1);
  }
  return make_series_key(text.substr(0, brace), std::move(labels));
}

std::optional<std::string_view> SeriesInfo::state_name(double value) const {
  for (const auto& [number, name] : declaration.states) {
    if (static_cast<double>(number) == value) return name;
  }
  return std::nullopt;
}

bool is_clean_text(std::string_view text) {
  while (!text.empty()) {
    const auto character = take_utf8(text);
    if (!character || is_control(*character)) return false;
  }
  return true;
}

}  // namespace telltale::core
