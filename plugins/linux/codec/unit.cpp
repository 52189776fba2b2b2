#include "plugins/linux/codec/unit.h"

#include <algorithm>
#include <array>

namespace telltale::linux_input {
namespace {

constexpr std::array<std::string_view, 11> kTypes{".service", ".socket", ".device", ".mount", ".automount", ".swap",
                                                  ".target",  ".path",   ".timer",  ".slice", ".scope"};

bool is_pattern(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

}  // namespace

const std::vector<std::pair<std::int64_t, std::string>>& unit_states() {
  static const std::vector<std::pair<std::int64_t, std::string>> kStates{
      {0, "inactive"},     {1, "active"},    {kUnitFailed, "failed"}, {3, "activating"},
      {4, "deactivating"}, {5, "reloading"}, {6, "maintenance"},      {7, "refreshing"}};
  return kStates;
}

std::optional<std::int64_t> unit_state(std::string_view word) {
  for (const auto& [number, name] : unit_states()) {
    if (name == word) return number;
  }
  return std::nullopt;
}

std::string whole_unit_name(std::string_view text) {
  const bool has_type =
      std::any_of(kTypes.begin(), kTypes.end(), [&](std::string_view t) { return text.ends_with(t); });
  return std::string(text) + (has_type || is_pattern(text) ? "" : ".service");
}

UnitQuery make_unit_query(const NameFilter& filter) {
  UnitQuery query;
  for (const std::string& text : filter.include) query.wanted.include.push_back(whole_unit_name(text));
  for (const std::string& text : filter.exclude) query.wanted.exclude.push_back(whole_unit_name(text));
  if (query.wanted.include.empty()) query.wanted.include.emplace_back("*.service");
  for (const std::string& text : query.wanted.include) {
    if (!is_pattern(text)) {
      if (query.wanted.wants(text)) query.names.push_back(text);
      continue;
    }
    std::string pattern = text;
    // To the manager a bracket begins a set of characters; to us it is one.
    std::replace(pattern.begin(), pattern.end(), '[', '?');
    query.patterns.push_back(std::move(pattern));
  }
  return query;
}

}  // namespace telltale::linux_input
