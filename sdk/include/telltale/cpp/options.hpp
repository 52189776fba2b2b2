// Options in C++: declaring the table, and reading the finished tree.
//
//   inline constexpr telltale_option kOptions[] = {
//       telltale::Option::duration("every", "Time between readings.").by_default("1s").range(1e6, 3.6e12),
//       telltale::Option::text("path", "File to read.").required(),
//   };
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/text.hpp>
#include <telltale/options.h>

namespace telltale {

namespace detail {
// Not constexpr: what calls it in a table does not compile, and its name is the message.
inline void the_lowest_of_a_range_is_above_its_highest() {}
}  // namespace detail

// One row of an options table; a telltale_option that is built by saying what it is.
struct Option : telltale_option {
  // One of each type: the YAML key, and one sentence of help in the user's words.
  [[nodiscard]] static constexpr Option boolean(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_BOOL, name, help);
  }
  [[nodiscard]] static constexpr Option integer(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_INT, name, help);
  }
  [[nodiscard]] static constexpr Option number(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_FLOAT, name, help);
  }
  [[nodiscard]] static constexpr Option text(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_TEXT, name, help);
  }
  // A path on this machine that the plugin opens: its isolation lets it open what the user names here.
  [[nodiscard]] static constexpr Option path(std::string_view name, std::string_view help) {
    return text(name, help).with(TELLTALE_OPTION_PATH);
  }
  // YAML `250ms 10s 5m`; arrives as nanoseconds.
  [[nodiscard]] static constexpr Option duration(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_DURATION, name, help);
  }
  // YAML `512MB`; arrives as bytes.
  [[nodiscard]] static constexpr Option size(std::string_view name, std::string_view help) {
    return make(TELLTALE_OPTION_SIZE, name, help);
  }
  // A map with options of its own. `inner` must outlive the plugin: an inline constexpr array.
  [[nodiscard]] static constexpr Option section(std::string_view name, std::string_view help,
                                                std::span<const telltale_option> inner) {
    Option option = make(TELLTALE_OPTION_SECTION, name, help);
    option.children = inner.data();
    option.child_count = static_cast<std::uint32_t>(inner.size());
    return option;
  }

  // The default, as it would be written in YAML.
  [[nodiscard]] constexpr Option by_default(std::string_view yaml) const {
    Option option = *this;
    option.default_text = to_str(yaml);
    return option;
  }
  // Inclusive; durations in nanoseconds, sizes in bytes.
  [[nodiscard]] constexpr Option range(double lowest, double highest) const {
    if (lowest > highest) detail::the_lowest_of_a_range_is_above_its_highest();
    Option option = *this;
    option.minimum = lowest;
    option.maximum = highest;
    return option;
  }
  // Of a number: `rpm`.
  [[nodiscard]] constexpr Option in_unit(std::string_view symbol) const {
    Option option = *this;
    option.unit = to_str(symbol);
    return option;
  }
  // Of a text: the only ones that are allowed; they must outlive the plugin.
  [[nodiscard]] constexpr Option one_of(std::span<const telltale_str> allowed) const {
    Option option = *this;
    option.choices = allowed.data();
    option.choice_count = static_cast<std::uint32_t>(allowed.size());
    return option;
  }
  // The user must give it.
  [[nodiscard]] constexpr Option required() const { return with(TELLTALE_OPTION_REQUIRED); }
  // A sequence of the type; a single value is taken as a list of one.
  [[nodiscard]] constexpr Option list() const { return with(TELLTALE_OPTION_LIST); }
  // Never shown in the API, logs or backups.
  [[nodiscard]] constexpr Option secret() const { return with(TELLTALE_OPTION_SECRET); }
  // Still taken, with a warning; its help names the successor.
  [[nodiscard]] constexpr Option deprecated() const { return with(TELLTALE_OPTION_DEPRECATED); }

 private:
  [[nodiscard]] static constexpr Option make(std::uint32_t type, std::string_view name, std::string_view help) {
    Option option{};
    option.name = to_str(name);
    option.help = to_str(help);
    option.type = type;
    option.minimum = 1;  // above the maximum: no range
    return option;
  }
  [[nodiscard]] constexpr Option with(std::uint32_t flag) const {
    Option option = *this;
    option.flags |= flag;
    return option;
  }
};
static_assert(sizeof(Option) == sizeof(telltale_option));

// A view of one value of the finished tree; borrows from the host, valid until the instance ends. What was not given
// and has no default is empty, 0 or false: ask has() first where that matters.
// Asking for a key that the table does not declare, or for another type than it declares, is the plugin's own mistake
// and throws std::logic_error.
class Options {
 public:
  explicit Options(const telltale_value& value) noexcept : value_(&value) {}

  // True when the user gave it or it has a default.
  [[nodiscard]] bool has(std::string_view key) const { return at(key).value_->type != TELLTALE_VALUE_NULL; }
  // The value of an option; a section's own options are asked of it.
  [[nodiscard]] Options at(std::string_view key) const {
    for (const telltale_value& child : children()) {
      if (to_view(child.name) == key) return Options(child);
    }
    throw std::logic_error("option '" + std::string(key) + "' is not in the options table");
  }
  // Values by type.
  [[nodiscard]] bool flag(std::string_view key) const { return at(key).of(TELLTALE_VALUE_BOOL).integer != 0; }
  [[nodiscard]] std::int64_t integer(std::string_view key) const { return at(key).as_integer(); }
  [[nodiscard]] double number(std::string_view key) const { return at(key).as_number(); }
  [[nodiscard]] std::string_view text(std::string_view key) const { return at(key).as_text(); }
  [[nodiscard]] std::chrono::nanoseconds duration(std::string_view key) const { return at(key).as_duration(); }
  // In bytes.
  [[nodiscard]] std::int64_t size(std::string_view key) const { return at(key).as_integer(); }

  // The value itself, of an item of a list.
  [[nodiscard]] std::string_view as_text() const { return to_view(of(TELLTALE_VALUE_TEXT).text); }
  [[nodiscard]] std::int64_t as_integer() const { return of(TELLTALE_VALUE_INT).integer; }
  [[nodiscard]] double as_number() const {
    return value_->type == TELLTALE_VALUE_INT ? value_->number : of(TELLTALE_VALUE_FLOAT).number;
  }
  [[nodiscard]] std::chrono::nanoseconds as_duration() const { return std::chrono::nanoseconds(as_integer()); }

  // Items of a list, none when it was not given: `for (const Options device : options.items("devices")) …`
  [[nodiscard]] std::vector<Options> items(std::string_view key) const {
    std::vector<Options> items;
    for (const telltale_value& item : at(key).children()) items.emplace_back(item);
    return items;
  }
  // Items of a list of texts, copied.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> texts;
    for (const Options item : items(key)) texts.emplace_back(item.as_text());
    return texts;
  }
  // Items of a list of numbers.
  [[nodiscard]] std::vector<double> numbers(std::string_view key) const {
    std::vector<double> numbers;
    for (const Options item : items(key)) numbers.push_back(item.as_number());
    return numbers;
  }
  // Of a section or a list, as the ABI has them.
  [[nodiscard]] std::span<const telltale_value> children() const noexcept {
    return {value_->children, static_cast<std::size_t>(value_->child_count)};
  }

 private:
  // The value when it is of that type or was not given.
  [[nodiscard]] const telltale_value& of(std::uint32_t type) const {
    if (value_->type == type || value_->type == TELLTALE_VALUE_NULL) return *value_;
    throw std::logic_error("option '" + std::string(to_view(value_->name)) +
                           "' was asked for as another type than its own");
  }

  const telltale_value* value_;
};

}  // namespace telltale
