#include "daemon/core/derived_spec.h"

namespace telltale::core {

bool covers(const WeekSpan& span, LocalTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const int minute = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(time - day).count());
  const auto has = [&span](std::chrono::local_days which) {
    return ((span.days >> (std::chrono::weekday(which).iso_encoding() - 1)) & 1U) != 0;
  };
  if (span.begin < span.end) return has(day) && minute >= span.begin && minute < span.end;
  return (has(day) && minute >= span.begin) || (has(day - std::chrono::days(1)) && minute < span.end);
}

}  // namespace telltale::core
