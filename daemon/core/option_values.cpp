#include "daemon/core/option_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

Error invalid(std::string message) { return make_error(ErrorCode::kInvalid, std::move(message)); }

std::string shown(const OptionSpec& spec, const ScalarText& scalar) {
  if (scalar.secret || spec.has(TELLTALE_OPTION_SECRET)) return "the value";
  return "'" + escape_line(cut_utf8(scalar.text, 64)) + "'";
}

Error wrong_type(const OptionSpec& spec, const ScalarText& scalar) {
  std::string message = "'" + spec.name + "' must be " + expected_form(spec) + "; " + shown(spec, scalar) + " is not";
  if (scalar.quoted) message += " (quoted, it is a text)";
  return invalid(std::move(message));
}

std::optional<bool> parse_bool(std::string_view text) {
  for (const auto word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (text == word) return true;
  }
  for (const auto word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

// YAML 1.2, section 10.3.2 (core schema): decimal, 0o octal, 0x hexadecimal.
std::optional<std::int64_t> parse_int(std::string_view text) {
  int base = 10;
  if (text.substr(0, 2) == "0x") base = 16;
  if (text.substr(0, 2) == "0o") base = 8;
  if (base != 10) text.remove_prefix(2);
  if (base != 10 && !text.empty() && text.front() == '-') return std::nullopt;
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_float(std::string_view text) {
  if (const auto integer = parse_int(text)) return static_cast<double>(*integer);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  // from_chars knows inf and nan, and an option never means them.
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string bound_text(const OptionSpec& spec, double bound) {
  constexpr double kMaxInt = 9.2e18;
  if (spec.type == TELLTALE_OPTION_DURATION && std::abs(bound) < kMaxInt) {
    return format_duration(Duration(static_cast<std::int64_t>(bound)));
  }
  const std::string number = fmt::format("{}", bound);
  if (spec.type == TELLTALE_OPTION_SIZE) return number + " bytes";
  return spec.unit.empty() ? number : number + " " + spec.unit;
}

Result<void> check_range(const OptionSpec& spec, const ScalarText& scalar, double number) {
  if (spec.minimum > spec.maximum || (number >= spec.minimum && number <= spec.maximum)) return {};
  constexpr double kUnbounded = 9e18;
  std::string range;
  if (spec.maximum >= kUnbounded) {
    range = "at least " + bound_text(spec, spec.minimum);
  } else if (spec.minimum <= -kUnbounded) {
    range = "at most " + bound_text(spec, spec.maximum);
  } else {
    range = "from " + bound_text(spec, spec.minimum) + " to " + bound_text(spec, spec.maximum);
  }
  return invalid("'" + spec.name + "' must be " + range + "; " + shown(spec, scalar) + " is not");
}

Result<void> check_choice(const OptionSpec& spec, const ScalarText& scalar) {
  if (spec.choices.empty()) return {};
  if (std::find(spec.choices.begin(), spec.choices.end(), scalar.text) != spec.choices.end()) return {};
  std::string message = "'" + spec.name + "' must be one of ";
  message += fmt::format("{}", fmt::join(spec.choices, ", ")) + "; " + shown(spec, scalar) + " is not";
  const bool secret = scalar.secret || spec.has(TELLTALE_OPTION_SECRET);
  const std::string nearest = secret ? std::string() : nearest_word(scalar.text, spec.choices);
  if (!nearest.empty()) message += "; did you mean '" + nearest + "'?";
  return invalid(std::move(message));
}

Result<OptionValue> integer_value(const OptionSpec& spec, const ScalarText& scalar, std::int64_t integer) {
  if (auto in_range = check_range(spec, scalar, static_cast<double>(integer)); !in_range) return in_range.error();
  OptionValue value;
  value.type = TELLTALE_VALUE_INT;
  value.integer = integer;
  value.number = static_cast<double>(integer);
  return value;
}

// The parser's own words, unless they would show a secret.
Error unit_error(const OptionSpec& spec, const ScalarText& scalar, const Error& error) {
  if (scalar.secret || spec.has(TELLTALE_OPTION_SECRET)) return wrong_type(spec, scalar);
  return invalid("'" + spec.name + "': " + error.message);
}

Result<OptionValue> duration_value(const OptionSpec& spec, const ScalarText& scalar) {
  const auto duration = parse_duration(scalar.text);
  if (!duration) return unit_error(spec, scalar, duration.error());
  return integer_value(spec, scalar, duration->count());
}

Result<OptionValue> size_value(const OptionSpec& spec, const ScalarText& scalar) {
  const auto size = parse_size(scalar.text);
  if (!size) return unit_error(spec, scalar, size.error());
  return integer_value(spec, scalar, static_cast<std::int64_t>(*size));
}

Result<OptionValue> number_value(const OptionSpec& spec, const ScalarText& scalar) {
  const auto number = scalar.quoted ? std::nullopt : parse_float(scalar.text);
  if (!number) return wrong_type(spec, scalar);
  if (auto in_range = check_range(spec, scalar, *number); !in_range) return in_range.error();
  OptionValue value;
  value.type = TELLTALE_VALUE_FLOAT;
  value.number = *number;
  return value;
}

Result<OptionValue> typed_value(const OptionSpec& spec, const ScalarText& scalar) {
  OptionValue value;
  switch (spec.type) {
    case TELLTALE_OPTION_BOOL: {
      const auto flag = scalar.quoted ? std::nullopt : parse_bool(scalar.text);
      if (!flag) return wrong_type(spec, scalar);
      value.type = TELLTALE_VALUE_BOOL;
      value.integer = *flag ? 1 : 0;
      value.number = *flag ? 1 : 0;
      return value;
    }
    case TELLTALE_OPTION_INT: {
      const auto integer = scalar.quoted ? std::nullopt : parse_int(scalar.text);
      if (!integer) return wrong_type(spec, scalar);
      return integer_value(spec, scalar, *integer);
    }
    case TELLTALE_OPTION_FLOAT:
      return number_value(spec, scalar);
    case TELLTALE_OPTION_TEXT:
      value.type = TELLTALE_VALUE_TEXT;
      value.text = scalar.text;
      return value;
    case TELLTALE_OPTION_DURATION:
      return duration_value(spec, scalar);
    case TELLTALE_OPTION_SIZE:
      return size_value(spec, scalar);
    default:
      return wrong_type(spec, scalar);
  }
}

}  // namespace

std::string expected_form(const OptionSpec& spec) {
  const bool list = spec.has(TELLTALE_OPTION_LIST);
  switch (spec.type) {
    case TELLTALE_OPTION_BOOL:
      return list ? "a list of true or false" : "true or false";
    case TELLTALE_OPTION_INT:
      return list ? "a list of whole numbers" : "a whole number";
    case TELLTALE_OPTION_FLOAT:
      return list ? "a list of numbers" : "a number";
    case TELLTALE_OPTION_TEXT:
      return list ? "a list of texts" : "a text";
    case TELLTALE_OPTION_DURATION:
      return list ? "a list of durations such as 10s" : "a duration such as 10s";
    case TELLTALE_OPTION_SIZE:
      return list ? "a list of sizes such as 512MB" : "a size such as 512MB";
    default:
      return list ? "a list of sections (keys with values)" : "a section (keys with values)";
  }
}

Result<OptionValue> scalar_value(const OptionSpec& spec, const ScalarText& scalar) {
  auto value = typed_value(spec, scalar);
  if (!value) return value;
  if (auto chosen = check_choice(spec, scalar); !chosen) return chosen.error();
  value->name = spec.has(TELLTALE_OPTION_LIST) ? std::string() : spec.name;
  return value;
}

}  // namespace telltale::core
