#include "daemon/core/rule_spec.h"

#include <algorithm>
#include <array>

namespace telltale::core {

namespace {

constexpr std::array<std::string_view, 3> kSeverities = {"info", "warning", "critical"};

std::string text_of(const ExpressionPtr& expression) { return expression ? expression->text : std::string(); }
std::string text_of(const std::optional<Selector>& selector) { return selector ? selector->text() : std::string(); }

}  // namespace

std::string_view to_text(Severity severity) { return kSeverities.at(static_cast<std::size_t>(severity)); }

std::optional<Severity> severity_from(std::string_view text) {
  const auto* const found = std::find(kSeverities.begin(), kSeverities.end(), text);
  if (found == kSeverities.end()) return std::nullopt;
  return static_cast<Severity>(found - kSeverities.begin());
}

bool RuleSpec::same(const RuleSpec& other) const {
  return name == other.name && kind == other.kind && text_of(when) == text_of(other.when) &&
         text_of(clear) == text_of(other.clear) && text_of(series) == text_of(other.series) && limit == other.limit &&
         hold == other.hold && keep == other.keep && severity == other.severity && message == other.message &&
         parent == other.parent && active == other.active && quiet == other.quiet && zone == other.zone &&
         notify == other.notify && notify_nobody == other.notify_nobody && escalate == other.escalate;
}

bool covers_or_none(const std::vector<WeekSpan>& spans, LocalTime time) {
  return spans.empty() ||
         std::any_of(spans.begin(), spans.end(), [time](const WeekSpan& span) { return covers(span, time); });
}

}  // namespace telltale::core
