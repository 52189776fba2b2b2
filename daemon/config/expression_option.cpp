#include "daemon/config/expression_option.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "daemon/config/section_reader.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<std::size_t> day_of(std::string_view text) {
  const auto* const found = std::find(kDays.begin(), kDays.end(), text);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

core::SourceMark mark_in(const core::ConfigNode& value, std::size_t at) {
  core::SourceMark mark = value.mark;
  if (mark.line == 0 || value.scalar.find('\n') != std::string::npos) return mark;
  const auto before = core::count_utf8(std::string_view(value.scalar).substr(0, at));
  mark.column += static_cast<int>(before) + (value.quoted ? 1 : 0);
  return mark;
}

core::ExpressionPtr read_expression(const core::ConfigNode& section, std::string_view name,
                                    core::Duration longest_window, core::Diagnostics& diagnostics) {
  const core::ConfigNode* const value = section.find(name);
  if (value == nullptr || value->type != core::ConfigNode::Type::kScalar) return nullptr;  // said already
  auto outcome = core::parse_expression(value->scalar);
  for (const auto& mistake : outcome.mistakes) diagnostics.error(mark_in(*value, mistake.at), mistake.message);
  if (!outcome.expression) return nullptr;
  if (outcome.expression->references.empty()) {
    diagnostics.error(value->mark, "the expression looks at no series: it would never be computed");
  }
  for (const core::SeriesReference& reference : outcome.expression->references) {
    const auto& window = reference.selector.window_stat();
    if (!window || window->window <= longest_window) continue;
    diagnostics.error(mark_in(*value, reference.begin),
                      fmt::format("the window {} is longer than the longest of 'windows', {}",
                                  core::format_duration(window->window), core::format_duration(longest_window)));
  }
  return outcome.expression;
}

std::optional<std::uint8_t> parse_days(std::string_view text) {
  if (text == "daily") return 0x7f;
  std::uint8_t days = 0;
  while (!text.empty()) {
    const std::string_view item = trimmed(text.substr(0, text.find(',')));
    text.remove_prefix(
        std::min(text.size(), text.find(',') == std::string_view::npos ? text.size() : text.find(',') + 1));
    const auto dash = item.find('-');
    const auto first = day_of(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(item.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (std::size_t day = *first;; day = (day + 1) % kDays.size()) {
      days = static_cast<std::uint8_t>(days | (1U << day));
      if (day == *last) break;
    }
  }
  if (days == 0) return std::nullopt;
  return days;
}

std::optional<int> parse_time_of_day(std::string_view text) {
  int hours = 0;
  int minutes = 0;
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto number = [](std::string_view digits, int& out) {
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return failure == std::errc{} && end == digits.data() + digits.size() && digits.front() != '-';
  };
  if (!number(text.substr(0, 2), hours) || !number(text.substr(3), minutes)) return std::nullopt;
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes > 0)) return std::nullopt;
  return hours * 60 + minutes;
}

core::WeekSpan read_week_span(const core::OptionValue& value, const core::ConfigNode& node,
                              core::Diagnostics& diagnostics) {
  core::WeekSpan span;
  if (const std::string& days = value_of(value, "days").text; !days.empty()) {
    const auto parsed = parse_days(days);
    if (!parsed)
      diagnostics.error(mark_of(node, "days"), "days are mon, tue, wed, thu, fri, sat, sun, such as mon-fri");
    span.days = parsed.value_or(span.days);
  }
  for (const auto& [name, minutes] : {std::pair("from", &span.begin), std::pair("to", &span.end)}) {
    const std::string& text = value_of(value, name).text;
    if (text.empty()) continue;
    const auto parsed = parse_time_of_day(text);
    if (!parsed) diagnostics.error(mark_of(node, name), "a time of day is written \"06:00\"");
    *minutes = parsed.value_or(*minutes);
  }
  return span;
}

}  // namespace telltale::config
