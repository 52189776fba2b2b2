#include "daemon/tools/import_time.h"

#include <charconv>
#include <ctime>

#include "daemon/core/time_parts.h"

namespace telltale::tools {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::string_view kMarks = ".,";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct Civil {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t ns = 0;
};

std::optional<core::LocalTime> local(const Civil& at) {
  const std::chrono::year_month_day date{std::chrono::year(at.year),
                                         std::chrono::month(static_cast<unsigned>(at.month)),
                                         std::chrono::day(static_cast<unsigned>(at.day))};
  if (!date.ok() || at.year < 1678 || at.year > 2261) return std::nullopt;
  if (at.hour < 0 || at.hour > 23 || at.minute < 0 || at.minute > 59 || at.second < 0 || at.second > 60) {
    return std::nullopt;
  }
  return core::LocalTime(std::chrono::local_days(date) + std::chrono::hours(at.hour) + std::chrono::minutes(at.minute) +
                         std::chrono::seconds(at.second) + std::chrono::nanoseconds(at.ns));
}

// `Z`, `+02:00`, `+0200`, `+02`; nothing at all: the zone's own.
std::optional<std::int64_t> with_zone(core::LocalTime time, std::string_view rest, const core::TimeZone& zone) {
  rest = trimmed(rest);
  if (rest.empty()) return zone.to_wall(time).time_since_epoch().count();
  std::int64_t offset = 0;
  if (!core::take_any(rest, "Zz")) {
    const bool west = rest.front() == '-';
    if (!core::take_any(rest, "+-")) return std::nullopt;
    const auto hours = core::take_number(rest, 2);
    core::take_any(rest, ":");
    const auto minutes = rest.empty() ? std::optional<int>(0) : core::take_number(rest, 2);
    if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
    offset = (*hours * 60 + *minutes) * 60LL * (west ? -1 : 1);
  }
  if (!rest.empty()) return std::nullopt;
  return (time.time_since_epoch() - std::chrono::seconds(offset)).count();
}

// RFC 3339, also with a space for the T, without seconds, or without a zone.
std::optional<std::int64_t> date_time(std::string_view rest, const core::TimeZone& zone) {
  Civil at;
  const auto year = core::take_number(rest, 4);
  if (!year || !core::take_any(rest, "-/")) return std::nullopt;
  const auto month = core::take_number(rest, 2);
  if (!month || !core::take_any(rest, "-/")) return std::nullopt;
  const auto day = core::take_number(rest, 2);
  if (!day) return std::nullopt;
  at.year = *year;
  at.month = *month;
  at.day = *day;
  if (core::take_any(rest, "Tt ")) {
    const auto hour = core::take_number(rest, 2);
    if (!hour || !core::take_any(rest, ":")) return std::nullopt;
    const auto minute = core::take_number(rest, 2);
    if (!minute) return std::nullopt;
    at.hour = *hour;
    at.minute = *minute;
    if (core::take_any(rest, ":")) {
      const auto second = core::take_number(rest, 2);
      if (!second) return std::nullopt;
      at.second = *second;
      const auto part = core::take_fraction(rest, kMarks);
      if (!part) return std::nullopt;
      at.ns = *part;
    }
  }
  const auto time = local(at);
  return time ? with_zone(*time, rest, zone) : std::nullopt;
}

std::optional<std::int64_t> by_pattern(const std::string& text, const std::string& pattern,
                                       const core::TimeZone& zone) {
  std::tm parts{};
  parts.tm_mday = 1;
  parts.tm_year = 70;
  const char* end = ::strptime(text.c_str(), pattern.c_str(), &parts);
  if (end == nullptr) return std::nullopt;
  std::string_view rest(end);
  const auto part = core::take_fraction(rest, kMarks);
  if (!part) return std::nullopt;
  const Civil at{parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                 parts.tm_min,         parts.tm_sec,     *part};
  const auto time = local(at);
  return time ? with_zone(*time, rest, zone) : std::nullopt;
}

// By its size: seconds until the year 5138, ms and so on from 1973.
std::int64_t unit_of(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '.') break;
    if (c >= '0' && c <= '9') ++count;
  }
  if (count <= 11) return kSecond;
  if (count <= 14) return 1'000'000;
  return count <= 17 ? 1'000 : 1;
}

}  // namespace

std::optional<std::int64_t> scaled_time(std::string_view text, std::int64_t unit) {
  const bool negative = core::take_any(text, "-");
  if (text.empty() || text.size() > 40) return std::nullopt;
  std::uint64_t whole = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (failed != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  std::int64_t result = 0;
  if (whole > static_cast<std::uint64_t>(INT64_MAX) ||
      __builtin_mul_overflow(static_cast<std::int64_t>(whole), unit, &result)) {
    return std::nullopt;
  }
  if (!text.empty()) {
    if (text.front() != '.') return std::nullopt;
    const auto part = core::take_fraction(text, kMarks);
    if (!part || !text.empty()) return std::nullopt;
    // Nine digits of a unit: exact for seconds, and to the ns for what is finer.
    if (__builtin_add_overflow(result, *part / (kSecond / unit), &result)) return std::nullopt;
  }
  return negative ? -result : result;
}

core::Result<ImportTime> ImportTime::make(const std::string& format, const std::string& zone) {
  ImportTime time;
  auto loaded = core::TimeZone::load(zone);
  if (!loaded) return loaded.error();
  time.zone_ = std::move(*loaded);
  if (format == "auto") return time;
  if (format == "rfc3339") {
    time.form_ = Form::kDate;
    return time;
  }
  time.form_ = Form::kNumber;
  if (format == "s") time.unit_ = kSecond;
  if (format == "ms") time.unit_ = 1'000'000;
  if (format == "us") time.unit_ = 1'000;
  if (format == "ns") time.unit_ = 1;
  if (time.unit_ != 0) return time;
  if (format.find('%') == std::string::npos) {
    return core::make_error(core::ErrorCode::kInvalid,
                            "a time's format is auto, s, ms, us, ns, rfc3339 or such as "
                            "'%d.%m.%Y %H:%M:%S' (strptime)");
  }
  time.form_ = Form::kPattern;
  time.pattern_ = format;
  return time;
}

std::optional<std::int64_t> ImportTime::read(std::string_view text) const {
  text = trimmed(text);
  switch (form_) {
    case Form::kNumber:
      return scaled_time(text, unit_);
    case Form::kDate:
      return date_time(text, zone_);
    case Form::kPattern:
      return by_pattern(std::string(text), pattern_, zone_);
    case Form::kAuto:
      break;
  }
  if (text.size() >= 10 && (text[4] == '-' || text[4] == '/')) return date_time(text, zone_);
  return scaled_time(text, unit_of(text));
}

}  // namespace telltale::tools
