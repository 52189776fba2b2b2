#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <system_error>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/source_time.hpp>

namespace telltale::payload {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::int64_t unit_of(double magnitude) {
  if (magnitude < 1e11) return kSecond;
  if (magnitude < 1e14) return 1'000'000;
  return magnitude < 1e17 ? 1'000 : 1;
}

std::int64_t nanoseconds(SourceTimeUnit unit, double value) {
  switch (unit) {
    case SourceTimeUnit::kSeconds:
      return kSecond;
    case SourceTimeUnit::kMilliseconds:
      return 1'000'000;
    case SourceTimeUnit::kMicroseconds:
      return 1'000;
    case SourceTimeUnit::kNanoseconds:
      return 1;
    default:
      return unit_of(std::abs(value));
  }
}

// Digits after a point, as that part of `unit`; what is finer than a nanosecond is cut.
std::int64_t fraction_of(std::string_view digits, std::int64_t unit) {
  std::int64_t value = 0;
  std::int64_t place = unit;
  for (const char c : digits) {
    if (place < 10) break;
    place /= 10;
    value += (c - '0') * place;
  }
  return value;
}

std::optional<std::int64_t> from_number(std::string_view text, SourceTimeUnit unit) {
  double value = 0;
  if (parse_decimal(text, value) != DecimalFault::kNone) return std::nullopt;
  const std::int64_t factor = nanoseconds(unit, value);
  if (text.find_first_of("eE") != std::string_view::npos) {
    const double time = value * static_cast<double>(factor);
    if (!(std::abs(time) < 9.2e18)) return std::nullopt;
    return static_cast<std::int64_t>(time);
  }
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::int64_t time = 0;
  if (!whole.empty()) {
    const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), time);
    if (parsed.ec != std::errc{} || __builtin_mul_overflow(time, factor, &time)) return std::nullopt;
  }
  if (point != std::string_view::npos) {
    if (__builtin_add_overflow(time, fraction_of(text.substr(point + 1), factor), &time)) return std::nullopt;
  }
  return negative ? -time : time;
}

// Reads fixed digits from the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}

  int number(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_.empty() || !is_digit(text_.front())) return fail();
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  char one_of(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return static_cast<char>(fail());
    const char found = text_.front();
    text_.remove_prefix(1);
    return found;
  }
  std::string_view digits() {
    std::size_t size = 0;
    while (size < text_.size() && is_digit(text_[size])) ++size;
    if (size == 0) fail();
    const std::string_view found = text_.substr(0, size);
    text_.remove_prefix(size);
    return found;
  }
  [[nodiscard]] bool next_is(char c) const { return text_.starts_with(c); }
  [[nodiscard]] bool ended_well() const { return good_ && text_.empty(); }

 private:
  int fail() {
    good_ = false;
    text_ = {};
    return 0;
  }
  std::string_view text_;
  bool good_ = true;
};

// RFC 3339, section 5.6. A leap second is the first of the next minute, as POSIX counts.
std::optional<std::int64_t> from_text(std::string_view text) {
  Digits read(text);
  const int year = read.number(4);
  read.one_of("-");
  const auto month = static_cast<unsigned>(read.number(2));
  read.one_of("-");
  const auto day = static_cast<unsigned>(read.number(2));
  read.one_of("Tt ");
  const int hour = read.number(2);
  read.one_of(":");
  const int minute = read.number(2);
  read.one_of(":");
  const int second = read.number(2);
  std::int64_t fraction = 0;
  if (read.next_is('.') || read.next_is(',')) {
    read.one_of(".,");
    fraction = fraction_of(read.digits(), kSecond);
  }
  const char zone = read.one_of("Zz+-");
  int offset = 0;  // minutes
  if (zone == '+' || zone == '-') {
    const int hours = read.number(2);
    if (read.next_is(':')) read.one_of(":");
    const int minutes = read.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = (zone == '-' ? -1 : 1) * (hours * 60 + minutes);
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!read.ended_well() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = (days * 24 + hour) * 60 + minute - offset;
  const std::int64_t seconds = minutes * 60 + second;
  std::int64_t time = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &time) || __builtin_add_overflow(time, fraction, &time)) {
    return std::nullopt;
  }
  return time;
}

}  // namespace

std::optional<SourceTimeUnit> source_time_unit_from(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 5> kWords{"auto", "s", "ms", "us", "ns"};
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords.at(i) == word) return static_cast<SourceTimeUnit>(i);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_source_time(std::string_view text, SourceTimeUnit unit) noexcept {
  if (text.empty() || text.size() > 64) return std::nullopt;
  const bool is_date = text.size() > 4 && text[4] == '-' && is_digit(text.front());
  return is_date ? from_text(text) : from_number(text, unit);
}

}  // namespace telltale::payload
