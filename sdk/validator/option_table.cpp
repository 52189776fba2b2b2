#include "sdk/validator/option_table.h"

#include <cstddef>
#include <set>
#include <string_view>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

constexpr std::uint32_t kMostOptions = 256;  // of one section
constexpr std::uint32_t kMostChoices = 256;
constexpr unsigned kMostDepth = 8;
constexpr std::size_t kMostNameBytes = 64;
constexpr std::uint32_t kMostInAll = 2'048;
constexpr std::size_t kMostHelpBytes = 2'048;
constexpr std::size_t kMostTextBytes = 512;

bool is_text(telltale_str text, std::size_t limit) { return is_sane(text, limit) && is_clean(to_view(text)); }

std::string problem_in(const telltale_option& option) {
  if (!is_sane(option.name, kMostNameBytes) || !is_word(to_view(option.name))) {
    return "an option is called '" + shown(option.name) + "', which is not like [a-z][a-z0-9_]*";
  }
  const std::string name = "'" + std::string(to_view(option.name)) + "'";
  if (option.type < TELLTALE_OPTION_BOOL || option.type > TELLTALE_OPTION_SECTION) {
    return name + " has type " + std::to_string(option.type) + ", which there is not";
  }
  constexpr std::uint32_t kFlags = TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_LIST | TELLTALE_OPTION_SECRET |
                                   TELLTALE_OPTION_DEPRECATED | TELLTALE_OPTION_PATH;
  if ((option.flags & ~kFlags) != 0) return name + " has flags that there are not";
  if (!is_text(option.help, kMostHelpBytes)) return name + " has a help that is no text of up to 2,048 bytes";
  for (const telltale_str text : {option.unit, option.default_text}) {
    if (!is_text(text, kMostTextBytes)) return name + " has a unit or default that is no text of up to 512 bytes";
  }
  if (option.choice_count > kMostChoices || (option.choice_count > 0 && option.choices == nullptr)) {
    return name + " counts " + std::to_string(option.choice_count) + " choices, but has none";
  }
  for (std::uint32_t i = 0; i < option.choice_count; ++i) {
    if (!is_text(option.choices[i], kMostTextBytes) || option.choices[i].size == 0)
      return name + " has a choice that is no text";
  }
  if (option.choice_count > 0 && option.type != TELLTALE_OPTION_TEXT) return name + " has choices, but is no text";
  if (option.type != TELLTALE_OPTION_SECTION && option.child_count != 0) {
    return name + " has options inside, but is no section";
  }
  return {};
}

std::string problem_of(const telltale_option* options, std::uint32_t count, unsigned depth, std::uint32_t& total) {
  if (count > 0 && options == nullptr) return "it counts " + std::to_string(count) + " options, but has none";
  if (count > kMostOptions) return "a section has more than " + std::to_string(kMostOptions) + " options";
  total += count;
  if (total > kMostInAll) return "it has more than " + std::to_string(kMostInAll) + " options";
  if (depth > kMostDepth) return "sections are nested deeper than " + std::to_string(kMostDepth);
  std::set<std::string_view> names;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string problem = problem_in(options[i]);
    if (!problem.empty()) return problem;
    if (!names.insert(to_view(options[i].name)).second) return "'" + shown(options[i].name) + "' is there twice";
    if (options[i].type != TELLTALE_OPTION_SECTION) continue;
    problem = problem_of(options[i].children, options[i].child_count, depth + 1, total);
    if (!problem.empty()) return "in '" + shown(options[i].name) + "': " + problem;
  }
  return {};
}

void visit(const telltale_option* options, std::uint32_t count, const std::string& parent,
           const std::function<void(const telltale_option&, const std::string&)>& look) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name(to_view(options[i].name));
    const std::string path = parent.empty() ? name : parent + "." + name;
    look(options[i], path);
    if (options[i].type == TELLTALE_OPTION_SECTION) visit(options[i].children, options[i].child_count, path, look);
  }
}

}  // namespace

std::string table_problem(const telltale_option* options, std::uint32_t count) {
  std::uint32_t total = 0;
  return problem_of(options, count, 1, total);
}

void for_each_option(const telltale_option* options, std::uint32_t count,
                     const std::function<void(const telltale_option&, const std::string& path)>& look) {
  visit(options, count, {}, look);
}

}  // namespace telltale::validator
