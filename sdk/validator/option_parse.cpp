// Reading defaults as the daemon's YAML would, of option_values.h.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/option_values.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr Unit kDurations[] = {{"d", 864e11}, {"h", 36e11}, {"m", 6e10}, {"s", 1e9},
                               {"ms", 1e6},   {"us", 1e3},  {"µs", 1e3}, {"ns", 1}};
constexpr Unit kSizes[] = {{"", 1},      {"b", 1},        {"kb", 1e3},        {"mb", 1e6},          {"gb", 1e9},
                           {"tb", 1e12}, {"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}};

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The sum of its parts, `1h30m`.
std::optional<double> units_of(std::string_view text, const Unit* begin, const Unit* end, bool lower) {
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = number_of(text.substr(0, digits));
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    std::string name(text.substr(0, letters));
    if (lower) std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const Unit* unit = std::find_if(begin, end, [&](const Unit& one) { return one.name == name; });
    if (!number || unit == end) return std::nullopt;
    total += *number * unit->factor;
    text.remove_prefix(letters);
  }
  return total;
}

std::optional<bool> truth_of(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "on"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"false", "no", "off"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

bool in_range(const telltale_option& option, double number) {
  return option.minimum > option.maximum || (number >= option.minimum && number <= option.maximum);
}

bool is_choice(const telltale_option& option, std::string_view text) {
  return option.choice_count == 0 || std::any_of(option.choices, option.choices + option.choice_count,
                                                 [&](const telltale_str& choice) { return to_view(choice) == text; });
}

telltale_value number_value(std::uint32_t type, double number) {
  telltale_value value{};
  value.type = type;
  value.number = number;
  constexpr double kMost = 9.2e18;
  if (type == TELLTALE_VALUE_INT) value.integer = static_cast<std::int64_t>(std::clamp(number, -kMost, kMost));
  return value;
}

}  // namespace

std::optional<telltale_value> parse_value(const telltale_option& option, std::string_view text) {
  text = unquoted(text);
  telltale_value value{};
  std::optional<double> number;
  switch (option.type) {
    case TELLTALE_OPTION_BOOL: {
      const auto truth = truth_of(text);
      if (!truth) return std::nullopt;
      value = number_value(TELLTALE_VALUE_INT, *truth ? 1 : 0);
      value.type = TELLTALE_VALUE_BOOL;
      return value;
    }
    case TELLTALE_OPTION_INT:
      number = number_of(text);
      if (!number || *number != std::floor(*number)) return std::nullopt;
      break;
    case TELLTALE_OPTION_FLOAT:
      number = number_of(text);
      break;
    case TELLTALE_OPTION_DURATION:
      number = units_of(text, std::begin(kDurations), std::end(kDurations), false);
      break;
    case TELLTALE_OPTION_SIZE:
      number = units_of(text, std::begin(kSizes), std::end(kSizes), true);
      break;
    case TELLTALE_OPTION_TEXT:
      if (!is_choice(option, text)) return std::nullopt;
      value.type = TELLTALE_VALUE_TEXT;
      value.text = to_str(text);
      return value;
    default:
      return std::nullopt;
  }
  if (!number || !in_range(option, *number)) return std::nullopt;
  return number_value(option.type == TELLTALE_OPTION_FLOAT ? TELLTALE_VALUE_FLOAT : TELLTALE_VALUE_INT, *number);
}

std::vector<std::string> list_items(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {std::string(text)};
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  while (text.find_first_not_of(' ') != std::string_view::npos) {
    text.remove_prefix(text.find_first_not_of(' '));
    const bool quoted = text.front() == '"' || text.front() == '\'';
    const std::size_t close = quoted ? text.find(text.front(), 1) : 0;
    const std::size_t end = std::min(text.find(',', close == std::string_view::npos ? 0 : close), text.size());
    const std::string_view item = text.substr(0, end);
    items.emplace_back(item.substr(0, item.find_last_not_of(' ') + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

std::string default_problem(const telltale_option& option) {
  const std::string_view text = to_view(option.default_text);
  if (text.empty()) return {};
  const bool is_list = (option.flags & TELLTALE_OPTION_LIST) != 0;
  if (option.type == TELLTALE_OPTION_SECTION) {
    const std::string_view only = is_list ? "[]" : "{}";
    if (text == only) return {};
    return "the default of a " + std::string(is_list ? "list of sections" : "section") + " can only be " +
           std::string(only);
  }
  for (const std::string& item : is_list ? list_items(text) : std::vector<std::string>{std::string(text)}) {
    if (!parse_value(option, item)) return "its default '" + shown(item) + "' is not one of its own values";
  }
  return {};
}

}  // namespace telltale::validator
