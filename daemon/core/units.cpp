#include "daemon/core/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: the order in which the parts of a duration are written. In nanoseconds.
constexpr std::array<Unit, 8> kDurationUnits = {{{"d", 86'400'000'000'000},
                                                 {"h", 3'600'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"ms", 1'000'000},
                                                 {"us", 1'000},
                                                 {"µs", 1'000},
                                                 {"ns", 1}}};
constexpr std::size_t kSecond = 3;  // index of "s"

constexpr std::array<Unit, 10> kSizeUnits = {{{"", 1},
                                              {"b", 1},
                                              {"kb", 1'000},
                                              {"mb", 1'000'000},
                                              {"gb", 1'000'000'000},
                                              {"tb", 1'000'000'000'000},
                                              {"kib", 1ULL << 10U},
                                              {"mib", 1ULL << 20U},
                                              {"gib", 1ULL << 30U},
                                              {"tib", 1ULL << 40U}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

// `whole.fraction` units of `factor` (at most 1e14), cut to a whole number; digits of the fraction beyond the
// ninth are ignored. Nothing when it leaves int64.
std::optional<std::uint64_t> scale(std::string_view whole, std::string_view fraction, std::uint64_t factor) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  constexpr std::uint64_t kBillion = 1'000'000'000;
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(whole.data(), whole.data() + whole.size(), count);
  if (failure != std::errc{} || end != whole.data() + whole.size() || count > kMax / factor) return std::nullopt;
  std::uint64_t billionths = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    billionths = billionths * 10 + (i < fraction.size() ? static_cast<std::uint64_t>(fraction[i] - '0') : 0);
  }
  const std::uint64_t part = factor / kBillion * billionths + factor % kBillion * billionths / kBillion;
  if (part > kMax - count * factor) return std::nullopt;
  return count * factor + part;
}

Error bad_duration(std::string_view text) {
  return make_error(ErrorCode::kInvalid, "'" + escape_line(cut_utf8(text, 64)) +
                                             "' is not a duration: write a number and a unit (ms, s, m, h, d), "
                                             "largest first, such as 250ms, 10s or 1h30m");
}

Error bad_size(std::string_view text) {
  return make_error(ErrorCode::kInvalid, "'" + escape_line(cut_utf8(text, 64)) +
                                             "' is not a size: write a number and a unit (kB, MB, GB, TB, KiB, MiB, "
                                             "GiB, TiB), such as 512MB or 2GB");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{};
  std::uint64_t total = 0;
  std::uint64_t last_factor = std::numeric_limits<std::uint64_t>::max();
  std::string_view rest = text;
  bool fractional = false;
  do {
    const std::string_view whole = take_digits(rest);
    std::string_view fraction;
    if (fractional || whole.empty()) return bad_duration(text);
    if (!rest.empty() && rest.front() == '.') {
      rest.remove_prefix(1);
      fraction = take_digits(rest);
      fractional = true;
      if (fraction.empty()) return bad_duration(text);
    }
    std::size_t length = 0;
    while (length < rest.size() && !is_digit(rest[length]) && rest[length] != '.') ++length;
    const std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    const Unit* unit = nullptr;
    for (const Unit& known : kDurationUnits) {
      if (known.name == name) unit = &known;
    }
    if (unit == nullptr || unit->factor >= last_factor) return bad_duration(text);
    last_factor = unit->factor;
    const auto part = scale(whole, fraction, unit->factor);
    if (!part || *part > static_cast<std::uint64_t>(Duration::max().count()) - total) {
      return make_error(ErrorCode::kInvalid, "'" + std::string(cut_utf8(text, 64)) + "' is longer than 292 years");
    }
    total += *part;
  } while (!rest.empty());
  return Duration(static_cast<std::int64_t>(total));
}

std::string format_duration(Duration duration) {
  // As unsigned, so that the smallest int64 has a magnitude too.
  const auto count = static_cast<std::uint64_t>(duration.count());
  std::string out = duration.count() < 0 ? "-" : "";
  std::uint64_t rest = duration.count() < 0 ? 0 - count : count;
  if (rest == 0) return "0s";
  if (rest % kDurationUnits.at(kSecond).factor != 0) {
    for (const Unit& unit : kDurationUnits) {
      if (unit.factor < kDurationUnits.at(kSecond).factor && rest % unit.factor == 0) {
        return out + fmt::format("{}{}", rest / unit.factor, unit.name);
      }
    }
  }
  for (std::size_t i = 0; i <= kSecond; ++i) {
    const Unit& unit = kDurationUnits.at(i);
    if (rest >= unit.factor) out += fmt::format("{}{}", rest / unit.factor, unit.name);
    rest %= unit.factor;
  }
  return out;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  const std::string_view whole = take_digits(rest);
  std::string_view fraction;
  if (whole.empty()) return bad_size(text);
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
    if (fraction.empty()) return bad_size(text);
  }
  const std::string name = lower(rest);
  for (const Unit& unit : kSizeUnits) {
    if (unit.name != name) continue;
    if (!fraction.empty() && unit.factor == 1) return bad_size(text);
    const auto size = scale(whole, fraction, unit.factor);
    if (!size) return make_error(ErrorCode::kInvalid, "'" + std::string(cut_utf8(text, 64)) + "' is too large");
    return *size;
  }
  return bad_size(text);
}

}  // namespace telltale::core
