#include <charconv>
#include <system_error>

#include <telltale/payload/decimal.hpp>

namespace telltale::payload {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// Of a well-formed decimal that from_chars found out of range: whether it is out by being too small. The position of
// its first significant digit says so, since doubles reach about from 1e-324 to 1e308.
bool is_too_small(std::string_view text) {
  long long digit_position = 0;  // power of ten of the first significant digit
  bool after_point = false;
  bool significant = false;
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      after_point = true;
    } else if (significant) {
      digit_position += after_point ? 0 : 1;
    } else {
      digit_position -= after_point ? 1 : 0;
      significant = text[at] != '0';
    }
  }
  if (at == text.size()) return digit_position < 0;
  ++at;  // the e
  if (at < text.size() && text[at] == '+') ++at;
  long long exponent = 0;
  const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), exponent);
  if (parsed.ec == std::errc::result_out_of_range || exponent > 1'000'000 || exponent < -1'000'000) {
    return text[at] == '-';  // a payload's digits are too few to balance that
  }
  return digit_position + exponent < 0;
}

}  // namespace

std::size_t decimal_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  std::size_t digits = at - whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    const std::size_t end = skip_digits(text, fraction);
    digits += end - fraction;
    if (digits != 0) at = end;
  }
  if (digits == 0) return 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    const std::size_t end = skip_digits(text, exponent);
    if (end != exponent) at = end;
  }
  return at;
}

DecimalFault parse_decimal(std::string_view text, double& value) noexcept {
  if (text.empty() || decimal_prefix(text) != text.size()) return DecimalFault::kMalformed;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  double parsed = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (result.ec == std::errc::result_out_of_range) {
    if (!is_too_small(text)) return DecimalFault::kOutOfRange;
    parsed = 0;
  } else if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    return DecimalFault::kMalformed;
  }
  value = negative ? -parsed : parsed;
  return DecimalFault::kNone;
}

}  // namespace telltale::payload
