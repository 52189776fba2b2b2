// What the configuration says of derived series, as config reads it and rules computes it. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/expression.h"
#include "daemon/core/series.h"
#include "daemon/core/time_zone.h"

namespace telltale::core {

inline constexpr std::size_t kMaxDerived = 1024;        // sections of the configuration
inline constexpr std::size_t kMaxDerivedSeries = 4096;  // that they make, all together
inline constexpr std::size_t kMaxGroups = 256;          // series that one of them makes

// Times of a week, by the clock on the wall. A span that ends before it begins goes on into the next day.
struct WeekSpan {
  std::uint8_t days = 0x7f;  // bit 0: Monday
  int begin = 0;             // minutes of the day
  int end = 24 * 60;
  friend bool operator==(const WeekSpan&, const WeekSpan&) = default;
};
[[nodiscard]] bool covers(const WeekSpan& span, LocalTime time);

struct TariffStep {
  WeekSpan when;
  double price = 0;  // of a unit of energy, as the meter counts it
  friend bool operator==(const TariffStep&, const TariffStep&) = default;
};

struct DerivedSpec {
  std::string name;
  ExpressionPtr expression;
  std::string unit;  // empty: none
  SeriesKind kind = SeriesKind::kGauge;
  DisplayHint hint;
  std::vector<TariffStep> tariff;  // of cost(): the first that covers a time holds
  std::string zone;                // of the tariff, as written
  TimeZone time_zone;
  [[nodiscard]] bool same(const DerivedSpec& other) const {
    return name == other.name && expression->text == other.expression->text && unit == other.unit &&
           kind == other.kind && hint == other.hint && tariff == other.tariff && zone == other.zone;
  }
};

}  // namespace telltale::core
