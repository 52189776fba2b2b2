// What the configuration says of rules, as config reads it and rules watch it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/derived_spec.h"

namespace telltale::core {

inline constexpr std::size_t kMaxRules = 2048;

enum class Severity : std::uint8_t { kInfo, kWarning, kCritical };
[[nodiscard]] std::string_view to_text(Severity severity);
[[nodiscard]] std::optional<Severity> severity_from(std::string_view text);

// Who else is told while it fires and nobody has acknowledged it.
struct Escalation {
  Duration after{};  // since it fired
  std::vector<std::string> notify;
  friend bool operator==(const Escalation&, const Escalation&) = default;
};
inline constexpr std::size_t kMaxEscalations = 8;

struct RuleSpec {
  enum class Kind : std::uint8_t {
    kWhen,    // an expression holds
    kSilent,  // a series has no readings
    kStuck,   // its readings do not change
  };
  std::string name;
  Kind kind = Kind::kWhen;
  ExpressionPtr when;
  ExpressionPtr clear;             // none: when `when` does not hold
  std::optional<Selector> series;  // of silent and stuck: each that it chooses
  Duration limit{};                // of silent and stuck; 0: by the usual time between readings
  Duration hold{};                 // `for`: it has to be so for this long before it fires
  Duration keep{};                 // it has to be over for this long before it is cleared
  Severity severity = Severity::kWarning;
  std::string message;           // what somebody should know or do
  std::string parent;            // while that rule fires this one is suppressed; empty: none
  std::vector<WeekSpan> active;  // when it is watched; none: always
  std::vector<WeekSpan> quiet;   // when nobody is told
  std::string zone;
  TimeZone time_zone;
  std::vector<std::string> notify;   // whom to tell; none: everybody
  bool notify_nobody = false;        // `notify: []`
  std::vector<Escalation> escalate;  // in the order of time

  [[nodiscard]] bool same(const RuleSpec& other) const;
};

// Of `time`: whether one of the spans covers it, or there is none.
[[nodiscard]] bool covers_or_none(const std::vector<WeekSpan>& spans, LocalTime time);

}  // namespace telltale::core
