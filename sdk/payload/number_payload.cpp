#include <algorithm>
#include <array>
#include <optional>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/number_payload.hpp>

namespace telltale::payload {
namespace {

constexpr std::size_t kMaxUnitBytes = 16;

struct Word {
  std::string_view text;
  double value;
};
constexpr std::array<Word, 8> kWords{
    {{"on", 1}, {"off", 0}, {"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"open", 1}, {"closed", 0}}};

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<double> state_of(std::string_view text) {
  for (const Word& word : kWords) {
    const bool same = std::equal(text.begin(), text.end(), word.text.begin(), word.text.end(),
                                 [](char given, char wanted) { return lower(given) == wanted; });
    if (same) return word.value;
  }
  return std::nullopt;
}

// Starts with a letter, %, or anything beyond ASCII (°C, µV, Ω); goes on without spaces: "m3", "W/m2".
bool is_unit(std::string_view text) {
  const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  const char first = lower(text.front());
  if (!(first >= 'a' && first <= 'z') && first != '%' && !beyond_ascii(first)) return false;
  return text.size() <= kMaxUnitBytes &&
         std::all_of(text.begin(), text.end(), [&](char c) { return beyond_ascii(c) || (c > ' ' && c != 0x7f); });
}

}  // namespace

NumberFault parse_number_payload(std::string_view payload, const NumberOptions& options,
                                 NumberPayload& result) noexcept {
  const std::string_view text = trim(payload);
  if (text.empty()) return NumberFault::kEmpty;
  const std::size_t digits = decimal_prefix(text);
  if (digits == 0) {
    const auto state = options.states ? state_of(text) : std::nullopt;
    if (!state) return NumberFault::kNotANumber;
    result = {*state, true, text, {}};
    return NumberFault::kNone;
  }
  const std::string_view unit = trim(text.substr(digits));
  if (!unit.empty() && (!options.units || !is_unit(unit))) return NumberFault::kNotANumber;
  if (lower(unit.empty() ? '\0' : unit.front()) == 'x' && text[digits - 1] == '0') return NumberFault::kNotANumber;
  double value = 0;
  switch (parse_decimal(text.substr(0, digits), value)) {
    case DecimalFault::kNone:
      result = {value, false, {}, unit};
      return NumberFault::kNone;
    case DecimalFault::kOutOfRange:
      return NumberFault::kOutOfRange;
    default:
      return NumberFault::kNotANumber;
  }
}

std::string_view to_word(NumberFault fault) noexcept {
  constexpr std::array<std::string_view, 4> kFaults{"", "empty", "not_a_number", "out_of_range"};
  return kFaults.at(static_cast<std::size_t>(fault));
}

}  // namespace telltale::payload
