#include "sdk/validator/option_values.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>

#include <telltale/cpp/text.hpp>

namespace telltale::validator {

namespace {

constexpr std::size_t kMostVariations = 300;
constexpr std::size_t kLongListItems = 100;

std::string joined(const std::string& path, telltale_str name) {
  return path.empty() ? std::string(to_view(name)) : path + "." + std::string(to_view(name));
}

bool is_number(std::uint32_t type) {
  return type == TELLTALE_OPTION_INT || type == TELLTALE_OPTION_FLOAT || type == TELLTALE_OPTION_DURATION ||
         type == TELLTALE_OPTION_SIZE;
}

// Where an option has no range: what its type can hold, or what the daemon lets through.
double end_of(const telltale_option& option, bool highest) {
  if (option.minimum <= option.maximum) return highest ? option.maximum : option.minimum;
  const bool unsigned_type = option.type == TELLTALE_OPTION_DURATION || option.type == TELLTALE_OPTION_SIZE;
  if (!highest && unsigned_type) return 0;
  const double most = option.type == TELLTALE_OPTION_FLOAT ? std::numeric_limits<double>::max() : 9.2e18;
  return highest ? most : -most;
}

telltale_value of_number(const telltale_option& option, double number) {
  telltale_value value{};
  value.number = number;
  value.type = option.type == TELLTALE_OPTION_FLOAT ? TELLTALE_VALUE_FLOAT : TELLTALE_VALUE_INT;
  if (value.type == TELLTALE_VALUE_INT) value.integer = static_cast<std::int64_t>(number);
  return value;
}

void add_variations(const telltale_option* options, std::uint32_t count, const std::string& parent,
                    std::vector<Variation>& into) {
  for (std::uint32_t i = 0; i < count && into.size() < kMostVariations; ++i) {
    const telltale_option& option = options[i];
    const std::string path = joined(parent, option.name);
    const auto add = [&](Extreme extreme) { into.push_back({path, extreme}); };
    if ((option.flags & TELLTALE_OPTION_REQUIRED) == 0 && option.default_text.size == 0) add(Extreme::kGiven);
    if ((option.flags & TELLTALE_OPTION_LIST) != 0) {
      if ((option.flags & TELLTALE_OPTION_REQUIRED) == 0) add(Extreme::kEmptyList);
      add(Extreme::kLongList);
    }
    if (is_number(option.type) || option.type == TELLTALE_OPTION_BOOL || option.choice_count > 0) {
      add(Extreme::kLowest);
      add(Extreme::kHighest);
    } else if (option.type == TELLTALE_OPTION_TEXT) {
      for (const Extreme one : {Extreme::kEmptyText, Extreme::kLongText, Extreme::kControlText, Extreme::kNotUtf8}) {
        add(one);
      }
    } else if (option.type == TELLTALE_OPTION_SECTION) {
      add_variations(option.children, option.child_count, path, into);
    }
  }
}

}  // namespace

std::string Variation::text() const {
  switch (extreme) {
    case Extreme::kLowest:
      return path + " at its lowest";
    case Extreme::kHighest:
      return path + " at its highest";
    case Extreme::kEmptyText:
      return path + " empty";
    case Extreme::kLongText:
      return path + " with 64 KiB of text";
    case Extreme::kControlText:
      return path + " with control characters";
    case Extreme::kNotUtf8:
      return path + " with bytes that are no UTF-8";
    case Extreme::kEmptyList:
      return path + " as an empty list";
    case Extreme::kLongList:
      return path + " with " + std::to_string(kLongListItems) + " items";
    case Extreme::kGiven:
      return path + " given";
  }
  return path;
}

std::vector<Variation> variations_of(const telltale_option* options, std::uint32_t count) {
  std::vector<Variation> all;
  add_variations(options, count, {}, all);
  return all;
}

ValueTree::ValueTree(const telltale_option* options, std::uint32_t count, const Given& given, std::string directory,
                     const std::optional<Variation>& variation)
    : given_(given), directory_(std::move(directory)), variation_(variation) {
  root_ = section(options, count, {});
}

const std::string* ValueTree::given(const std::string& path) const {
  const auto found = std::find_if(given_.begin(), given_.end(), [&](const auto& one) { return one.first == path; });
  return found == given_.end() ? nullptr : &found->second;
}

bool ValueTree::wanted_below(const std::string& path) const {
  const std::string begin = path + ".";
  return (variation_ && (variation_->path == path || variation_->path.starts_with(begin))) ||
         std::any_of(given_.begin(), given_.end(), [&](const auto& one) { return one.first.starts_with(begin); });
}

telltale_value ValueTree::section(const telltale_option* options, std::uint32_t count, const std::string& path) {
  telltale_value value{};
  value.type = TELLTALE_VALUE_SECTION;
  std::vector<telltale_value> children;
  for (std::uint32_t i = 0; i < count; ++i) {
    children.push_back(option(options[i], joined(path, options[i].name)));
    children.back().name = options[i].name;
  }
  keep_children(value, std::move(children));
  return value;
}

telltale_value ValueTree::option(const telltale_option& option, const std::string& path) {
  const bool required = (option.flags & TELLTALE_OPTION_REQUIRED) != 0;
  const bool there = required || option.default_text.size > 0 || given(path) != nullptr || wanted_below(path);
  if (!there) return {};
  return (option.flags & TELLTALE_OPTION_LIST) != 0 ? list(option, path) : single(option, path);
}

telltale_value ValueTree::list(const telltale_option& option, const std::string& path) {
  telltale_value value{};
  value.type = TELLTALE_VALUE_LIST;
  std::vector<telltale_value> items;
  const bool here = variation_ && variation_->path == path;
  if (here && variation_->extreme == Extreme::kEmptyList) return value;
  if (here && variation_->extreme == Extreme::kLongList) {
    for (std::size_t i = 0; i < kLongListItems; ++i) items.push_back(single(option, path));
  } else if (const std::string* text = given(path);
             text != nullptr || (!here && option.default_text.size > 0 && !wanted_below(path))) {
    for (const std::string& item : list_items(text != nullptr ? *text : to_view(option.default_text))) {
      if (const auto parsed = parse_value(option, item)) {
        items.push_back(keep(*parsed, (option.flags & TELLTALE_OPTION_PATH) != 0));
      }
    }
  } else {
    items.push_back(single(option, path));
  }
  keep_children(value, std::move(items));
  return value;
}

telltale_value ValueTree::single(const telltale_option& option, const std::string& path) {
  const bool is_path = (option.flags & TELLTALE_OPTION_PATH) != 0;
  if (option.type == TELLTALE_OPTION_SECTION) return section(option.children, option.child_count, path);
  if (variation_ && variation_->path == path && variation_->extreme != Extreme::kGiven &&
      variation_->extreme != Extreme::kLongList) {
    return keep(extreme(option, variation_->extreme), false);
  }
  const std::string* text = given(path);
  const bool is_list = (option.flags & TELLTALE_OPTION_LIST) != 0;
  if (text != nullptr || (option.default_text.size > 0 && !is_list)) {
    const auto parsed = parse_value(option, text != nullptr ? *text : to_view(option.default_text));
    if (parsed) return keep(*parsed, is_path);
  }
  return made_up_value(option, path);
}

telltale_value ValueTree::made_up_value(const telltale_option& option, const std::string& path) {
  if (option.default_text.size == 0) made_up_.push_back(path);
  telltale_value value{};
  if (is_number(option.type)) {
    const double wish = option.type == TELLTALE_OPTION_DURATION ? 1e9 : 1;
    return of_number(option,
                     option.minimum <= option.maximum ? std::clamp(wish, option.minimum, option.maximum) : wish);
  }
  if (option.type == TELLTALE_OPTION_BOOL) {
    value.type = TELLTALE_VALUE_BOOL;
    return value;
  }
  value.type = TELLTALE_VALUE_TEXT;
  if (option.choice_count > 0) {
    value.text = option.choices[0];
    return value;
  }
  const bool is_path = (option.flags & TELLTALE_OPTION_PATH) != 0;
  const std::string text = is_path ? directory_ + "/" + path : "validator";
  if (is_path) std::ofstream(text) << "0\n";  // something to open and read
  value.text = to_str(text);
  return keep(value, is_path);
}

telltale_value ValueTree::extreme(const telltale_option& option, Extreme extreme) {
  const bool highest = extreme == Extreme::kHighest;
  if (is_number(option.type)) return of_number(option, end_of(option, highest));
  telltale_value value{};
  if (option.type == TELLTALE_OPTION_BOOL) {
    value.type = TELLTALE_VALUE_BOOL;
    value.integer = highest ? 1 : 0;
    value.number = highest ? 1 : 0;
    return value;
  }
  value.type = TELLTALE_VALUE_TEXT;
  if (option.choice_count > 0) {
    value.text = option.choices[highest ? option.choice_count - 1 : 0];
    return value;
  }
  std::string& text = texts_.emplace_back();
  if (extreme == Extreme::kLongText) text.assign(65'536, 'x');
  if (extreme == Extreme::kControlText) text = "a\nb\r\t\x1b[31m'\"\\%s%n{}[]$.*";
  if (extreme == Extreme::kNotUtf8) text = "\xff\xfe\xc0\x80 \xed\xa0\x80";
  value.text = to_str(text);
  return value;
}

telltale_value ValueTree::keep(telltale_value value, bool is_path) {
  if (value.type != TELLTALE_VALUE_TEXT || value.text.size == 0) return value;
  const std::string& kept = texts_.emplace_back(to_view(value.text));
  value.text = to_str(kept);
  if (is_path) paths_.push_back(kept);
  return value;
}

void ValueTree::keep_children(telltale_value& value, std::vector<telltale_value> children) {
  if (children.empty()) return;
  const auto& kept = lists_.emplace_back(std::move(children));
  value.children = kept.data();
  value.child_count = static_cast<std::uint32_t>(kept.size());
}

}  // namespace telltale::validator
