#include "tests/support/option_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <telltale/cpp/text.hpp>

namespace telltale::test {
namespace {

[[noreturn]] void refuse(const telltale_option& option, std::string_view why) {
  throw std::invalid_argument("option '" + std::string(to_view(option.name)) + "': " + std::string(why));
}

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr std::array kDurations{Suffix{"ns", 1},   Suffix{"us", 1e3},   Suffix{"ms", 1e6},   Suffix{"s", 1e9},
                                Suffix{"m", 60e9}, Suffix{"h", 3600e9}, Suffix{"d", 86400e9}};
constexpr std::array kSizes{Suffix{"", 1}, Suffix{"kB", 1e3}, Suffix{"MB", 1e6}, Suffix{"GB", 1e9}};

double with_suffix(const telltale_option& option, const std::string& text, std::span<const Suffix> suffixes) {
  std::size_t used = 0;
  const double number = std::stod(text, &used);
  for (const Suffix& suffix : suffixes) {
    if (text.substr(used) == suffix.text) return number * suffix.factor;
  }
  refuse(option, "unknown suffix in '" + text + "'");
}

bool is_list(const telltale_option& option) { return (option.flags & TELLTALE_OPTION_LIST) != 0; }

// `[a, "b c"]` or a scalar, as a default is written.
Given from_yaml(std::string_view yaml) {
  const auto unquoted = [](std::string_view item) {
    const auto first = item.find_first_not_of(' ');
    if (first == std::string_view::npos) return std::string();
    item = item.substr(first, item.find_last_not_of(' ') - first + 1);
    if (item.size() >= 2 && (item.front() == '"' || item.front() == '\'') && item.back() == item.front()) {
      item = item.substr(1, item.size() - 2);
    }
    return std::string(item);
  };
  if (yaml.empty() || yaml.front() != '[') return unquoted(yaml);
  std::vector<Given> items;
  yaml = yaml.substr(1, yaml.rfind(']') - 1);
  while (!yaml.empty()) {
    const std::size_t comma = std::min(yaml.find(','), yaml.size());
    items.emplace_back(unquoted(yaml.substr(0, comma)));
    yaml.remove_prefix(std::min(comma + 1, yaml.size()));
  }
  return Given::list(std::move(items));
}

}  // namespace

Given Given::list(std::vector<Given> items) {
  Given given;
  given.form = Form::kList;
  for (Given& item : items) given.children.emplace_back(std::string(), std::move(item));
  return given;
}

Given Given::section(std::vector<std::pair<std::string, Given>> keys) {
  Given given;
  given.form = Form::kSection;
  given.children = std::move(keys);
  return given;
}

OptionTree::OptionTree(std::span<const telltale_option> table, const Given& given) : root_(section(table, given)) {}

telltale_value OptionTree::section(std::span<const telltale_option> table, const Given& given) {
  if (given.form != Given::Form::kSection) throw std::invalid_argument("a section is expected");
  for (const auto& child : given.children) {
    const auto named = [&](const telltale_option& option) { return to_view(option.name) == child.first; };
    if (std::none_of(table.begin(), table.end(), named)) {
      throw std::invalid_argument("unknown option '" + child.first + "'");
    }
  }
  std::vector<telltale_value> values;
  for (const telltale_option& row : table) {
    const auto found = std::find_if(given.children.begin(), given.children.end(),
                                    [&](const auto& pair) { return pair.first == to_view(row.name); });
    telltale_value value = option(row, found == given.children.end() ? nullptr : &found->second);
    value.name = row.name;
    values.push_back(value);
  }
  telltale_value result{};
  result.type = TELLTALE_VALUE_SECTION;
  result.child_count = static_cast<std::uint32_t>(values.size());
  result.children = keep(std::move(values));
  return result;
}

telltale_value OptionTree::option(const telltale_option& option, const Given* given) {
  if (given != nullptr) return is_list(option) ? list(option, *given) : single(option, *given);
  if ((option.flags & TELLTALE_OPTION_REQUIRED) != 0) refuse(option, "is required");
  if (option.type == TELLTALE_OPTION_SECTION && !is_list(option) && to_view(option.default_text) == "{}") {
    return single(option, Given::section({}));
  }
  if (option.default_text.size != 0) {
    const Given by_default = from_yaml(to_view(option.default_text));
    return is_list(option) ? list(option, by_default) : single(option, by_default);
  }
  telltale_value none{};
  return none;
}

telltale_value OptionTree::list(const telltale_option& option, const Given& given) {
  std::vector<telltale_value> values;
  if (given.form == Given::Form::kList) {
    for (const auto& [name, item] : given.children) values.push_back(single(option, item));
  } else {
    values.push_back(single(option, given));
  }
  telltale_value result{};
  result.type = TELLTALE_VALUE_LIST;
  result.child_count = static_cast<std::uint32_t>(values.size());
  result.children = keep(std::move(values));
  return result;
}

telltale_value OptionTree::single(const telltale_option& option, const Given& given) {
  if (option.type == TELLTALE_OPTION_SECTION) {
    const bool has_short_form = option.child_count != 0 && option.children[0].choice_count != 0;
    if (given.form == Given::Form::kScalar && has_short_form) {  // `payload: csv` is `payload: {form: csv}`
      const std::string first(to_view(option.children[0].name));
      return section({option.children, option.child_count}, Given::section({{first, given}}));
    }
    return section({option.children, option.child_count}, given);
  }
  if (given.form != Given::Form::kScalar) refuse(option, "a single value is expected");
  telltale_value value{};
  value.text = keep(given.text);
  switch (option.type) {
    case TELLTALE_OPTION_BOOL:
      if (given.text != "true" && given.text != "false") refuse(option, "true or false is expected");
      value.type = TELLTALE_VALUE_BOOL;
      value.number = given.text == "true" ? 1 : 0;
      break;
    case TELLTALE_OPTION_INT:
      value.type = TELLTALE_VALUE_INT;
      value.integer = std::stoll(given.text);
      value.number = static_cast<double>(value.integer);
      break;
    case TELLTALE_OPTION_FLOAT:
      value.type = TELLTALE_VALUE_FLOAT;
      value.number = std::stod(given.text);
      break;
    case TELLTALE_OPTION_DURATION:
    case TELLTALE_OPTION_SIZE:
      value.type = TELLTALE_VALUE_INT;
      value.number = option.type == TELLTALE_OPTION_SIZE ? with_suffix(option, given.text, kSizes)
                                                         : with_suffix(option, given.text, kDurations);
      break;
    default:
      value.type = TELLTALE_VALUE_TEXT;
      break;
  }
  if (value.type == TELLTALE_VALUE_INT || value.type == TELLTALE_VALUE_BOOL) value.integer = std::llround(value.number);
  const bool ranged = value.type == TELLTALE_VALUE_INT || value.type == TELLTALE_VALUE_FLOAT;
  if (ranged && option.minimum <= option.maximum && (value.number < option.minimum || value.number > option.maximum)) {
    refuse(option, given.text + " is out of range");
  }
  const std::span choices(option.choices, option.choice_count);
  if (!choices.empty() && std::none_of(choices.begin(), choices.end(),
                                       [&](telltale_str choice) { return to_view(choice) == given.text; })) {
    refuse(option, "'" + given.text + "' is not among the choices");
  }
  return value;
}

telltale_str OptionTree::keep(std::string_view text) { return to_str(texts_.emplace_back(text)); }

const telltale_value* OptionTree::keep(std::vector<telltale_value> values) {
  return values_.emplace_back(std::move(values)).data();
}

}  // namespace telltale::test
