// Times of a query: parse_time and format_time of units.h.
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/time_parts.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Error bad_time(std::string_view text) {
  return make_error(ErrorCode::kInvalid, "'" + escape_line(cut_utf8(text, 64)) +
                                             "' is not a time: write milliseconds since 1970, RFC 3339 "
                                             "(2026-03-01T12:00:00Z), or now, now-5m, now/d");
}

std::optional<std::chrono::sys_days> take_date(std::string_view& rest) {
  const auto year = take_number(rest, 4);
  if (!year || !take_any(rest, "-")) return std::nullopt;
  const auto month = take_number(rest, 2);
  if (!month || !take_any(rest, "-")) return std::nullopt;
  const auto day = take_number(rest, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // What nanoseconds in an int64 can hold: 1677-09-21 to 2262-04-11.
  if (!date.ok() || *year < 1678 || *year > 2261) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<Duration> take_time_of_day(std::string_view& rest) {
  const auto hour = take_number(rest, 2);
  if (!hour || !take_any(rest, ":")) return std::nullopt;
  const auto minute = take_number(rest, 2);
  if (!minute || !take_any(rest, ":")) return std::nullopt;
  const auto second = take_number(rest, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;  // 60: a leap second
  const Duration time = hours(*hour) + minutes(*minute) + seconds(*second);
  const auto part = take_fraction(rest, ".");
  if (!part) return std::nullopt;
  return time + Duration(*part);
}

std::optional<Duration> take_offset(std::string_view& rest) {
  if (take_any(rest, "Zz")) return Duration{};
  const bool west = !rest.empty() && rest.front() == '-';
  if (!take_any(rest, "+-")) return std::nullopt;
  const auto hour = take_number(rest, 2);
  if (!hour || !take_any(rest, ":")) return std::nullopt;
  const auto minute = take_number(rest, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  const Duration offset = hours(*hour) + minutes(*minute);
  return west ? -offset : offset;
}

// RFC 3339, section 5.6; a space may stand for the T.
std::optional<WallTime> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_any(text, "Tt ")) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return WallTime(*date) + *time - *offset;
}

std::optional<WallTime> floor_to(WallTime time, Duration unit) {
  const auto count = time.time_since_epoch().count();
  const auto step = unit.count();
  if (count < std::numeric_limits<std::int64_t>::min() + step) return std::nullopt;
  const auto rest = count % step;
  return WallTime(Duration(count - (rest < 0 ? rest + step : rest)));
}

// What follows `now`: any number of -DURATION, +DURATION, then at most one /UNIT.
std::optional<WallTime> parse_relative(std::string_view rest, WallTime now) {
  while (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    const bool back = rest.front() == '-';
    rest.remove_prefix(1);
    const auto end = rest.find_first_of("-+/");
    const auto step = parse_duration(rest.substr(0, end));
    if (!step) return std::nullopt;
    const std::int64_t at = now.time_since_epoch().count();
    const std::int64_t by = back ? -step->count() : step->count();
    const bool outside = by < 0 ? at < std::numeric_limits<std::int64_t>::min() - by
                                : at > std::numeric_limits<std::int64_t>::max() - by;
    if (outside) return std::nullopt;
    now = WallTime(Duration(at + by));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  if (rest.empty()) return now;
  if (rest == "/d") return floor_to(now, days(1));
  if (rest == "/h") return floor_to(now, hours(1));
  if (rest == "/m") return floor_to(now, minutes(1));
  return std::nullopt;
}

std::optional<WallTime> parse_ms(std::string_view text) {
  constexpr std::int64_t kMaxMs = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  std::int64_t ms = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (failure != std::errc{} || end != text.data() + text.size() || ms > kMaxMs || ms < -kMaxMs) return std::nullopt;
  return from_ms(ms);
}

}  // namespace

Result<WallTime> parse_time(std::string_view text, WallTime now) {
  std::optional<WallTime> time;
  if (text.substr(0, 3) == "now") {
    time = parse_relative(text.substr(3), now);
  } else {
    time = parse_ms(text);
    if (!time) time = parse_rfc3339(text);
  }
  if (!time) return bad_time(text);
  return *time;
}

std::string format_time(WallTime time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<days>(ms);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(ms - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}  // namespace telltale::core
