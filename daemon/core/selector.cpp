#include "daemon/core/selector.h"

#include <algorithm>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

// Room for the longest canonical text of a key.
constexpr std::size_t kMaxSelectorBytes = 16'384;

struct StatName {
  Stat stat;
  std::string_view name;
};
constexpr StatName kStatNames[] = {
    {Stat::kCount, "count"}, {Stat::kSum, "sum"},     {Stat::kMean, "mean"},         {Stat::kMin, "min"},
    {Stat::kMax, "max"},     {Stat::kFirst, "first"}, {Stat::kLast, "last"},         {Stat::kDelta, "delta"},
    {Stat::kStd, "std"},     {Stat::kP50, "p50"},     {Stat::kP90, "p90"},           {Stat::kP95, "p95"},
    {Stat::kP99, "p99"},     {Stat::kRate, "rate"},   {Stat::kIncrease, "increase"},
};

Error invalid(std::string message) { return make_error(ErrorCode::kInvalid, std::move(message)); }

std::string shown(std::string_view text) { return "'" + escape_line(cut_utf8(text, 64)) + "'"; }

// The labels are the braces whose content has `="`; braces without are alternatives of the name.
std::size_t find_labels(std::string_view text) {
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const std::string_view content = text.substr(open + 1, text.find('}', open) - open - 1);
    if (content.find("=\"") != std::string_view::npos) return open;
  }
  return std::string_view::npos;
}

// A label's value is a glob; one that is none (`{` without `}`) is taken as it stands, so that the canonical
// text of every key is a selector of that key.
Glob label_glob(std::string_view value) {
  auto glob = Glob::parse(value);
  return glob ? std::move(*glob) : Glob::literal(value);
}

// Takes `name="glob"` off `rest`.
Result<std::pair<std::string, Glob>> take_label(std::string_view& rest) {
  const auto equals = rest.find("=\"");
  if (equals == std::string_view::npos) return invalid("a label is written name=\"value\"");
  const std::string name(rest.substr(0, equals));
  if (name.empty() || name.find_first_of("\"{}@,= ") != std::string::npos) {
    return invalid(shown(name) + " is not the name of a label");
  }
  rest.remove_prefix(equals + 2);
  std::string value;
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value.push_back(rest.front());
    rest.remove_prefix(1);
  }
  if (rest.empty()) return invalid("the value of label " + shown(name) + " has no closing quote");
  rest.remove_prefix(1);
  return std::pair(name, label_glob(value));
}

// Takes `{a="x",b="y"}` off `rest`.
Result<std::vector<std::pair<std::string, Glob>>> take_labels(std::string_view& rest) {
  std::vector<std::pair<std::string, Glob>> labels;
  rest.remove_prefix(1);
  for (;;) {
    if (labels.size() == kMaxLabels) return invalid("a selector has at most 16 labels");
    auto label = take_label(rest);
    if (!label) return label.error();
    labels.push_back(std::move(*label));
    const char next = rest.empty() ? '\0' : rest.front();
    if (next != ',' && next != '}')
      return invalid("after the label " + shown(labels.back().first) + " comes ',' or '}'");
    rest.remove_prefix(1);
    if (next == '}') return labels;
  }
}

}  // namespace

std::string_view to_text(Stat stat) {
  for (const auto& known : kStatNames) {
    if (known.stat == stat) return known.name;
  }
  return "unknown";
}

std::optional<Stat> stat_from(std::string_view text) {
  for (const auto& known : kStatNames) {
    if (known.name == text) return known.stat;
  }
  return std::nullopt;
}

std::string stat_names() {
  std::string names;
  for (const auto& known : kStatNames) {
    const bool last = &known == std::end(kStatNames) - 1;
    names += names.empty() ? "" : last ? " and " : ", ";
    names += known.name;
  }
  return names;
}

std::optional<double> quantile_of(Stat stat) {
  switch (stat) {
    case Stat::kP50:
      return 0.5;
    case Stat::kP90:
      return 0.9;
    case Stat::kP95:
      return 0.95;
    case Stat::kP99:
      return 0.99;
    default:
      return std::nullopt;
  }
}

std::optional<Closed> closed_from(std::string_view text) {
  if (text == "right") return Closed::kRight;
  if (text == "left") return Closed::kLeft;
  if (text == "both") return Closed::kBoth;
  if (text == "neither") return Closed::kNeither;
  return std::nullopt;
}

std::string WindowStat::text() const { return std::string(to_text(stat)) + "_" + format_duration(window); }

Result<WindowStat> parse_window_stat(std::string_view text) {
  const auto underscore = text.rfind('_');
  if (underscore == std::string_view::npos) {
    return invalid(shown(text) + " is not a window statistic: write a statistic, '_' and a window, such as mean_1m");
  }
  const std::string_view name = text.substr(0, underscore);
  const auto stat = stat_from(name);
  if (!stat) {
    return invalid(shown(name) + " is not a statistic of this version: " + stat_names() + " are");
  }
  const auto window = parse_duration(text.substr(underscore + 1));
  if (!window) return window.error();
  if (window->count() == 0) return invalid("a window is longer than nothing");
  if (*window > std::chrono::days(400)) return invalid("a window is at most 400d long");
  return WindowStat{*stat, *window};
}

Result<Selector> Selector::parse(std::string_view text) {
  if (text.empty()) return invalid("a selector is a series' name, which may contain *, ? and {a,b}");
  if (text.size() > kMaxSelectorBytes) return make_error(ErrorCode::kLimit, "a selector has at most 16,384 bytes");
  Selector selector;
  selector.text_ = text;
  const auto labels_at = find_labels(text);
  const auto name_end = std::min(labels_at, text.find('@'));
  const std::string_view name = text.substr(0, name_end);
  std::string_view rest = name_end == std::string_view::npos ? std::string_view{} : text.substr(name_end);
  if (name.find_first_of("\"=") != std::string_view::npos) {
    return invalid(shown(text) + " is not a selector: labels are written {label=\"value\"} behind the name");
  }
  // Labels alone select whatever has them.
  auto glob = Glob::parse(name.empty() && !rest.empty() && rest.front() == '{' ? "*" : name);
  if (!glob) return glob.error();
  selector.name_ = std::move(*glob);
  if (!rest.empty() && rest.front() == '{') {
    auto labels = take_labels(rest);
    if (!labels) return labels.error();
    selector.labels_ = std::move(*labels);
  }
  if (rest.empty()) return selector;
  if (rest.front() != '@' || name.empty()) return invalid("behind a series' name and labels comes only @stat_window");
  const auto window_stat = parse_window_stat(rest.substr(1));
  if (!window_stat) return window_stat.error();
  selector.window_stat_ = *window_stat;
  return selector;
}

bool Selector::matches(const SeriesKey& key) const {
  const auto has = [&key](const std::pair<std::string, Glob>& wanted) {
    return std::any_of(key.labels.begin(), key.labels.end(), [&](const auto& label) {
      return label.first == wanted.first &&
             (wanted.second.pattern() == label.second || wanted.second.matches(label.second));
    });
  };
  return name_.matches(key.name) && std::all_of(labels_.begin(), labels_.end(), has);
}

}  // namespace telltale::core
