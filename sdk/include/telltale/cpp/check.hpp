// What the compiler says of a plugin's class before anybody runs it.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <string_view>
#include <type_traits>

#include <telltale/cpp/host.hpp>
#include <telltale/cpp/input.hpp>
#include <telltale/cpp/options.hpp>
#include <telltale/cpp/probe.hpp>
#include <telltale/cpp/sink.hpp>
#include <telltale/cpp/write.hpp>

namespace telltale::detail {

using Table = std::span<const telltale_option>;

// A small letter, then small letters, digits, _ and what `also` has; at most 64 bytes.
constexpr bool is_word(std::string_view text, std::string_view also) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 64 && small(text.front()) && std::ranges::all_of(text, [&](char c) {
    return small(c) || (c >= '0' && c <= '9') || c == '_' || also.find(c) != also.npos;
  });
}

// Whether `rule` holds for every option, those within sections too.
template <class Rule>
constexpr bool all_options(Table table, Rule rule) {
  return std::ranges::all_of(table, [&](const telltale_option& option) {
    return rule(option) && all_options({option.children, option.child_count}, rule);
  });
}
constexpr bool names_are_words(Table table) {
  return all_options(table, [](const telltale_option& option) { return is_word(to_view(option.name), {}); });
}
constexpr bool names_are_unique(Table table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (to_view(table[i].name) == to_view(table[j].name)) return false;
    }
    if (!names_are_unique({table[i].children, table[i].child_count})) return false;
  }
  return true;
}
constexpr bool all_have_help(Table table) {
  return all_options(table, [](const telltale_option& option) { return option.help.size > 0; });
}
constexpr bool required_have_no_default(Table table) {
  return all_options(table, [](const telltale_option& option) {
    return (option.flags & TELLTALE_OPTION_REQUIRED) == 0 || option.default_text.size == 0;
  });
}
constexpr bool texts_alone_have_choices(Table table) {
  return all_options(table, [](const telltale_option& option) {
    return option.type == TELLTALE_OPTION_TEXT ||
           (option.choice_count == 0 && (option.flags & TELLTALE_OPTION_PATH) == 0);
  });
}
constexpr bool numbers_alone_have_ranges(Table table) {
  return all_options(table, [](const telltale_option& option) {
    const bool is_number = option.type != TELLTALE_OPTION_TEXT && option.type != TELLTALE_OPTION_BOOL &&
                           option.type != TELLTALE_OPTION_SECTION;
    return is_number || option.minimum > option.maximum;
  });
}

// The class's options; none when it has no kOptions.
template <class Input>
constexpr Table options_of() {
  if constexpr (requires { Table(Input::kOptions); }) {
    return Table(Input::kOptions);
  } else {
    return {};
  }
}

template <class Input>
concept HasInfo = requires {
  { Input::kInfo } -> std::convertible_to<PluginInfo>;
};
template <class Input>
concept HasProbe = requires(Host host, Report report) {
  Table(Input::kProbeOptions);
  Input::probe(host, report, 0);
};

template <class Input>
concept IsConstructible = std::is_abstract_v<Input> || std::is_constructible_v<Input, Host>;
template <class Input>
inline constexpr int kDirections = int{std::is_base_of_v<PollingInput, Input>} +
                                   int{std::is_base_of_v<StreamingInput, Input>} + int{std::is_base_of_v<Sink, Input>};

// The plugin's own words: its kInfo and its options.
template <class Input>
constexpr bool check_words() {
  static_assert(is_word(Input::kInfo.name, "-"), "the plugin's name is like [a-z][a-z0-9_-]*, up to 64 bytes");
  static_assert(!Input::kInfo.version.empty(), "the plugin has a version");
  static_assert(!Input::kInfo.summary.empty(), "the plugin has a summary");
  constexpr Table kTable = options_of<Input>();
  static_assert(names_are_words(kTable), "an option's name is like [a-z][a-z0-9_]*, up to 64 bytes");
  static_assert(names_are_unique(kTable), "two options of one section have the same name");
  static_assert(all_have_help(kTable), "every option has a help: one sentence, in the user's words");
  static_assert(required_have_no_default(kTable), "an option that is required cannot have a default");
  static_assert(texts_alone_have_choices(kTable), "choices and paths are for options that are text");
  static_assert(numbers_alone_have_ranges(kTable), "ranges are for numbers, durations and sizes");
  return true;
}

// Fails to compile with a sentence for what a plugin's class gets wrong.
template <class Input>
constexpr bool check_class() {
  static_assert(kDirections<Input> == 1,
                "a plugin's class derives publicly from exactly one of PollingInput, StreamingInput, Sink");
  static_assert(
      !std::is_abstract_v<Input>,
      "a plugin's class overrides what its bases ask for: poll(), run() or send(), and write() when Writable");
  static_assert(IsConstructible<Input>, "a plugin's class is constructed from a telltale::Host");
  static_assert(
      !std::is_base_of_v<Probing, Input> || HasProbe<Input>,
      "a Probing class has kProbeOptions and `static void probe(telltale::Host, telltale::Report, int stop_fd)`");
  static_assert(HasInfo<Input>, "a plugin's class has a public `static constexpr telltale::PluginInfo kInfo`");
  if constexpr (HasInfo<Input>) return check_words<Input>();
  return false;
}

}  // namespace telltale::detail
