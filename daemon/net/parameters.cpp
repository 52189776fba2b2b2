#include "daemon/net/parameters.h"

#include <algorithm>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::net {

namespace {

constexpr std::size_t kMaxSelectors = 256;

}  // namespace

core::Error bad_parameter(std::string_view name, std::string_view what) {
  return core::make_error(core::ErrorCode::kInvalid, std::string(what), "parameter " + std::string(name));
}

core::Result<void> only_parameters(const Target& target, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : target.parameters) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::vector<std::string> words(known.begin(), known.end());
    std::string message = "there is no parameter '" + core::escape_line(core::cut_utf8(name, 64)) + "' here";
    const std::string near = core::nearest_word(name, words);
    if (!near.empty()) {
      message += ": did you mean '" + near + "'?";
    } else if (words.empty()) {
      message += ": this takes none";
    } else {
      message += ":";
      for (const std::string& word : words) message += " " + word;
      message += " are known";
    }
    return core::make_error(core::ErrorCode::kInvalid, std::move(message));
  }
  return {};
}

core::Result<std::vector<core::Selector>> selectors_of(const Target& target, std::string_view fallback) {
  std::vector<core::Selector> selectors;
  for (const auto& [name, value] : target.parameters) {
    if (name != "series" && name != "match") continue;
    auto selector = core::Selector::parse(value);
    if (!selector) return bad_parameter(name, selector.error().message);
    if (selectors.size() == kMaxSelectors) return bad_parameter(name, "more than 256 of them");
    selectors.push_back(std::move(*selector));
  }
  if (selectors.empty() && !fallback.empty()) {
    auto selector = core::Selector::parse(fallback);
    if (!selector) return selector.error();
    selectors.push_back(std::move(*selector));
  }
  return selectors;
}

core::Result<bool> flag_of(const Target& target, std::string_view name) {
  const auto value = target.find(name);
  if (!value || *value == "0" || *value == "false" || *value == "no") return false;
  if (value->empty() || *value == "1" || *value == "true" || *value == "yes") return true;
  return bad_parameter(name, "must be 1 or 0");
}

}  // namespace telltale::net
