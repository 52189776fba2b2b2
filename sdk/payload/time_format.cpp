#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <system_error>

#include <telltale/payload/time_format.hpp>

namespace telltale::payload {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::string_view kDirectives = "YymbdjHIpMSfzs%";
constexpr std::size_t kMaxTimeBytes = 128;
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// What a text has said so far.
struct Parts {
  int year = 1970;
  int month = 1;
  int day = 1;
  int day_of_year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;               // ns
  std::optional<bool> is_afternoon;        // of %p
  std::optional<std::int64_t> offset;      // s, of %z
  std::optional<std::int64_t> since_1970;  // s, of %s
};

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  bool number(std::size_t most, int& value) {
    std::size_t size = 0;
    value = 0;
    for (; size < most && size < text_.size() && is_digit(text_[size]); ++size)
      value = value * 10 + (text_[size] - '0');
    text_.remove_prefix(size);
    return size != 0;
  }
  bool seconds(std::int64_t& value) {
    const auto parsed = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (parsed.ec != std::errc{}) return false;
    text_.remove_prefix(static_cast<std::size_t>(parsed.ptr - text_.data()));
    return true;
  }
  // Also nothing at all, and with the point before it.
  void fraction(std::int64_t& value) {
    if (text_.starts_with('.') || text_.starts_with(',')) text_.remove_prefix(1);
    std::int64_t place = kSecond;
    value = 0;
    while (!text_.empty() && is_digit(text_.front())) {
      place /= 10;
      value += (text_.front() - '0') * place;
      text_.remove_prefix(1);
    }
  }
  bool month(int& value) {
    if (text_.size() < 3) return false;
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      const bool same = std::equal(text_.begin(), text_.begin() + 3, kMonths[i].begin(),
                                   [](char given, char wanted) { return lower(given) == wanted; });
      if (!same) continue;
      value = static_cast<int>(i) + 1;
      text_.remove_prefix(3);
      return true;
    }
    return false;
  }
  bool half_of_day(std::optional<bool>& is_afternoon) {
    if (text_.size() < 2 || lower(text_[1]) != 'm' || (lower(text_[0]) != 'a' && lower(text_[0]) != 'p')) return false;
    is_afternoon = lower(text_[0]) == 'p';
    text_.remove_prefix(2);
    return true;
  }
  bool zone(std::optional<std::int64_t>& offset) {
    const std::size_t size =
        text_.starts_with('Z') || text_.starts_with('z') ? 1 : text_.find_first_not_of("+-:0123456789");
    offset = parse_utc_offset(text_.substr(0, size));
    text_.remove_prefix(std::min(size, text_.size()));
    return offset.has_value();
  }
  bool literal(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

bool directive(char c, Scan& scan, Parts& parts) {
  switch (c) {
    case 'Y':
      return scan.number(4, parts.year);
    case 'y':
      if (!scan.number(2, parts.year)) return false;
      parts.year += parts.year < 69 ? 2000 : 1900;  // as POSIX counts
      return true;
    case 'm':
      return scan.number(2, parts.month);
    case 'b':
      return scan.month(parts.month);
    case 'd':
      return scan.number(2, parts.day);
    case 'j':
      return scan.number(3, parts.day_of_year);
    case 'H':
    case 'I':
      return scan.number(2, parts.hour);
    case 'p':
      return scan.half_of_day(parts.is_afternoon);
    case 'M':
      return scan.number(2, parts.minute);
    case 'S':
      return scan.number(2, parts.second);
    case 'f':
      scan.fraction(parts.fraction);
      return true;
    case 'z':
      return scan.zone(parts.offset);
    case 's': {
      std::int64_t seconds = 0;
      if (!scan.seconds(seconds)) return false;
      parts.since_1970 = seconds;
      return true;
    }
    default:
      return scan.literal('%');
  }
}

std::optional<std::int64_t> seconds_of(Parts parts, std::int64_t utc_offset) {
  if (parts.since_1970) return parts.since_1970;
  if (parts.is_afternoon) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + (*parts.is_afternoon ? 12 : 0);
  }
  const std::chrono::year_month_day date{std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60 || parts.day_of_year > 366) {
    return std::nullopt;
  }
  std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  if (parts.day_of_year != 0) days += parts.day_of_year - 1;
  const std::int64_t minutes = (days * 24 + parts.hour) * 60 + parts.minute;
  return minutes * 60 + parts.second - parts.offset.value_or(utc_offset);
}

}  // namespace

std::string problem_of_time_format(std::string_view format) {
  if (format.empty()) return "the time format is empty";
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size()) return "the time format ends with %";
    if (kDirectives.find(format[i]) == std::string_view::npos) {
      return std::string("the time format has no %") + format[i] +
             "; there are %Y %y %m %b %d %j %H %I %p %M %S %f %z %s";
    }
  }
  return {};
}

std::optional<std::int64_t> parse_utc_offset(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 3 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  std::string_view digits = text.substr(1);
  int hours = 0;
  int minutes = 0;
  Scan scan(digits);
  if (!scan.number(2, hours)) return std::nullopt;
  scan.literal(':');
  if (!scan.at_end() && !scan.number(2, minutes)) return std::nullopt;
  if (!scan.at_end() || hours > 23 || minutes > 59) return std::nullopt;
  const std::int64_t seconds = (hours * 60LL + minutes) * 60;
  return text.front() == '-' ? -seconds : seconds;
}

std::optional<std::int64_t> parse_time(std::string_view text, std::string_view format,
                                       std::int64_t utc_offset) noexcept {
  if (text.size() > kMaxTimeBytes) return std::nullopt;
  Scan scan(text);
  Parts parts;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == ' ') {
      scan.blanks();
    } else if (format[i] == '%' && i + 1 < format.size()) {
      if (!directive(format[++i], scan, parts)) return std::nullopt;
    } else if (!scan.literal(format[i])) {
      return std::nullopt;
    }
  }
  scan.blanks();
  if (!scan.at_end()) return std::nullopt;
  const auto seconds = seconds_of(parts, utc_offset);
  std::int64_t time = 0;
  if (!seconds || __builtin_mul_overflow(*seconds, kSecond, &time) ||
      __builtin_add_overflow(time, parts.fraction, &time)) {
    return std::nullopt;
  }
  return time;
}

}  // namespace telltale::payload
