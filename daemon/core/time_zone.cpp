#include "daemon/core/time_zone.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "daemon/core/escape.h"

namespace telltale::core {

namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxFile = 256UL * 1024;
constexpr std::size_t kHead = 44;
constexpr std::int64_t kDay = 86'400;

Error damaged() { return make_error(ErrorCode::kCorrupt, "not a time zone file"); }

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  const auto unused = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<std::int64_t>(value << unused) >> unused;
}

struct Head {
  std::size_t is_ut, is_standard, leaps, times, types, names;
  [[nodiscard]] std::size_t body(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + names + leaps * (time_bytes + 4) + is_standard + is_ut;
  }
};

std::optional<Head> read_head(std::string_view bytes) {
  if (bytes.size() < kHead || !bytes.starts_with("TZif") || bytes[4] < '2') return std::nullopt;
  const auto number = [&](std::size_t i) { return static_cast<std::size_t>(big_endian(bytes.substr(20 + 4 * i, 4))); };
  const Head head{number(0), number(1), number(2), number(3), number(4), number(5)};
  constexpr std::size_t kMost = 10'000;
  for (const std::size_t count : {head.is_ut, head.is_standard, head.leaps, head.times, head.types, head.names}) {
    if (count > kMost) return std::nullopt;
  }
  return head.types == 0 ? std::nullopt : std::optional(head);
}

bool read_number(std::string_view& text, int& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value >= -1000 && value <= 1000;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// `[+-]hh[:mm[:ss]]`
bool read_seconds(std::string_view& text, std::int32_t& value) {
  const bool negative = take(text, '-');
  if (!negative) (void)take(text, '+');
  int hours = 0;
  int minutes = 0;
  int rest = 0;
  if (!read_number(text, hours)) return false;
  if (take(text, ':') && !read_number(text, minutes)) return false;
  if (take(text, ':') && !read_number(text, rest)) return false;
  value = (hours * 60 + minutes) * 60 + rest;
  if (negative) value = -value;
  return true;
}

// The abbreviation of a zone: letters, or anything in <>.
bool skip_name(std::string_view& text) {
  const bool quoted = take(text, '<');
  const auto end = quoted ? text.find('>') : text.find_first_of("+-0123456789,");
  if (end == 0 || (quoted && end == std::string_view::npos)) return false;
  text.remove_prefix(std::min(end == std::string_view::npos ? end : end + (quoted ? 1 : 0), text.size()));
  return true;
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  if (name == "UTC") return TimeZone();
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
  const bool clean = !name.empty() && name.size() <= 64 && name.front() != '/' &&
                     name.find_first_not_of(kLetters) == std::string_view::npos;
  std::string bytes;
  if (clean) {
    std::ifstream file("/usr/share/zoneinfo/" + std::string(name), std::ios::binary);
    bytes.resize(kMaxFile);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  }
  auto zone = parse(bytes);
  if (zone) return zone;
  return make_error(ErrorCode::kNotFound, "'" + escape_line(name.substr(0, 64)) +
                                              "' is not a time zone of this device: such as Europe/Berlin");
}

Result<TimeZone> TimeZone::parse(std::string_view file) {
  const auto old = read_head(file);
  if (!old || file.size() < kHead + old->body(4)) return damaged();
  file.remove_prefix(kHead + old->body(4));
  const auto head = read_head(file);
  if (!head || file.size() < kHead + head->body(8)) return damaged();
  const std::string_view times = file.substr(kHead, head->times * 8);
  const std::string_view kinds = file.substr(kHead + head->times * 8, head->times);
  const std::string_view types = file.substr(kHead + head->times * 9, head->types * 6);
  const auto offset = [&types](std::size_t type) {
    return static_cast<std::int32_t>(big_endian(types.substr(type * 6, 4)));
  };
  TimeZone zone;
  zone.first_offset_ = offset(0);
  for (std::size_t i = 0; i < head->times; ++i) {
    const auto type = static_cast<std::size_t>(static_cast<unsigned char>(kinds[i]));
    if (type >= head->types) return damaged();
    zone.transitions_.push_back({big_endian(times.substr(i * 8, 8)), offset(type)});
  }
  const auto before = [](const Transition& a, const Transition& b) { return a.at < b.at; };
  if (!std::is_sorted(zone.transitions_.begin(), zone.transitions_.end(), before)) return damaged();
  zone.rule_.standard = zone.transitions_.empty() ? zone.first_offset_ : zone.transitions_.back().offset;
  std::string_view footer = file.substr(kHead + head->body(8));
  if (take(footer, '\n')) {
    if (const auto rule = parse_rule(footer.substr(0, footer.find('\n')))) zone.rule_ = *rule;
  }
  return zone;
}

// As POSIX writes TZ: `CET-1CEST,M3.5.0,M10.5.0/3`.
std::optional<TimeZone::Rule> TimeZone::parse_rule(std::string_view text) {
  Rule rule;
  if (!skip_name(text) || !read_seconds(text, rule.standard)) return std::nullopt;
  rule.standard = -rule.standard;  // POSIX counts west of Greenwich
  if (text.empty()) return rule;
  if (!skip_name(text)) return std::nullopt;
  std::int32_t summer = -(rule.standard + 3600);
  if (!text.empty() && text.front() != ',' && !read_seconds(text, summer)) return std::nullopt;
  rule.summer = -summer;
  if (!take(text, ',') || !parse_turn(text, rule.begin)) return std::nullopt;
  if (!take(text, ',') || !parse_turn(text, rule.end) || !text.empty()) return std::nullopt;
  return rule;
}

bool TimeZone::parse_turn(std::string_view& text, Turn& turn) {
  bool good = false;
  if (take(text, 'M')) {
    good = read_number(text, turn.month) && take(text, '.') && read_number(text, turn.week) && take(text, '.') &&
           read_number(text, turn.day) && turn.month >= 1 && turn.month <= 12 && turn.week >= 1 && turn.week <= 5 &&
           turn.day >= 0 && turn.day <= 6;
  } else {
    turn.kind = take(text, 'J') ? 'J' : '0';
    good = read_number(text, turn.day) && turn.day >= 0 && turn.day <= 365;
  }
  return good && (!take(text, '/') || read_seconds(text, turn.seconds));
}

// By the clock on the wall.
std::int64_t TimeZone::seconds_of(const Turn& turn, std::chrono::year year) {
  using namespace std::chrono;
  sys_days day;
  if (turn.kind == 'M') {
    const weekday wanted(static_cast<unsigned>(turn.day));
    const month in(static_cast<unsigned>(turn.month));
    day = turn.week == 5 ? sys_days(year / in / wanted[last])
                         : sys_days(year / in / wanted[static_cast<unsigned>(turn.week)]);
  } else {
    const bool leap_day_before = turn.kind == 'J' && year.is_leap() && turn.day >= 60;
    day = sys_days(year / January / 1) + days(turn.day - (turn.kind == 'J' ? 1 : 0) + (leap_day_before ? 1 : 0));
  }
  return day.time_since_epoch().count() * kDay + turn.seconds;
}

std::int32_t TimeZone::offset_by_rule(std::int64_t at) const {
  if (!rule_.summer) return rule_.standard;
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_seconds(seconds(at + rule_.standard))));
  const std::int64_t begin = seconds_of(rule_.begin, date.year()) - rule_.standard;
  const std::int64_t end = seconds_of(rule_.end, date.year()) - *rule_.summer;
  const bool summer = begin < end ? at >= begin && at < end : at >= begin || at < end;
  return summer ? *rule_.summer : rule_.standard;
}

std::int32_t TimeZone::offset_at(std::int64_t at) const {
  if (transitions_.empty() || at >= transitions_.back().at) return offset_by_rule(at);
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), at,
                                     [](std::int64_t t, const Transition& transition) { return t < transition.at; });
  return next == transitions_.begin() ? first_offset_ : (next - 1)->offset;
}

LocalTime TimeZone::to_local(WallTime time) const {
  const std::int64_t at = std::chrono::floor<seconds>(time).time_since_epoch().count();
  return LocalTime(time.time_since_epoch() + seconds(offset_at(at)));
}

WallTime TimeZone::to_wall(LocalTime time) const {
  const std::int64_t local = std::chrono::floor<seconds>(time).time_since_epoch().count();
  const std::int32_t before = offset_at(local - kDay);
  const std::int32_t after = offset_at(local + kDay);
  const auto by = [&](std::int32_t offset) { return WallTime(time.time_since_epoch() - seconds(offset)); };
  // The greater offset gives the earlier of two moments.
  const std::int32_t greater = std::max(before, after);
  const std::int32_t smaller = std::min(before, after);
  if (offset_at(local - greater) == greater) return by(greater);
  if (offset_at(local - smaller) == smaller) return by(smaller);
  // Left out: the jump lies between.
  std::int64_t low = local - greater;
  std::int64_t high = local - smaller;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (offset_at(middle) == offset_at(low) ? low : high) = middle;
  }
  return WallTime(seconds(high));
}

}  // namespace telltale::core
