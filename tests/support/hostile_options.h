// Every text of an options table with each text that somebody may try: for tests that a plugin refuses them in order.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/text.hpp>
#include <telltale/options.h>

#include "tests/support/option_tree.h"

namespace telltale::test {

using Keys = std::vector<std::pair<std::string, Given>>;

struct HostileOption {
  std::string what;  // `tls.ca: no UTF-8`
  Keys keys;
};

inline Keys with_key(Keys keys, const std::string& name, Given given) {
  std::erase_if(keys, [&](const auto& one) { return one.first == name; });
  keys.emplace_back(name, std::move(given));
  return keys;
}

// What is required in a section, made up.
inline Keys required_of(std::span<const telltale_option> table) {
  Keys keys;
  for (const telltale_option& option : table) {
    if ((option.flags & TELLTALE_OPTION_REQUIRED) != 0) keys.emplace_back(to_view(option.name), "made_up");
  }
  return keys;
}

// `needed` is given beside each; a text with choices is the host's to refuse.
inline std::vector<HostileOption> hostile_options(std::span<const telltale_option> table, const Keys& needed) {
  static const std::vector<std::pair<std::string, std::string>> kTexts{
      {"no UTF-8", "\xff\xfe\xc0\x80"},
      {"a surrogate", "a\xed\xa0\x80"},
      {"a zero byte", {"a\0b", 3}},
      {"control characters", "a\r\nb\x1b[31m"},
      {"DEL", "a\x7f"},
      {"100 kB", std::string(100'000, 'x')},
  };
  std::vector<HostileOption> all;
  for (const telltale_option& option : table) {
    const std::string name(to_view(option.name));
    const bool is_list = (option.flags & TELLTALE_OPTION_LIST) != 0;
    const auto add = [&](const std::string& what, Given given) {
      all.push_back({what, with_key(needed, name, is_list ? Given::list({std::move(given)}) : std::move(given))});
    };
    if (option.type == TELLTALE_OPTION_TEXT && option.choice_count == 0) {
      for (const auto& [words, text] : kTexts) add(name + ": " + words, text);
    } else if (option.type == TELLTALE_OPTION_SECTION) {
      const std::span inner(option.children, static_cast<std::size_t>(option.child_count));
      for (HostileOption& one : hostile_options(inner, required_of(inner))) {
        add(name + "." + one.what, Given::section(std::move(one.keys)));
      }
    }
  }
  return all;
}

}  // namespace telltale::test
