#include "daemon/core/option_schema.h"

#include <algorithm>
#include <cmath>

#include "daemon/core/escape.h"
#include "daemon/core/option_values.h"
#include "daemon/core/series.h"

namespace telltale::core {

namespace {

constexpr std::uint32_t kMaxDepth = 8;
constexpr std::uint32_t kMaxPerSection = 256;
constexpr std::uint32_t kMaxOptions = 2'048;  // of the whole table
constexpr std::uint32_t kMaxChoices = 256;
constexpr std::uint64_t kMaxNameBytesOfOption = 64;
constexpr std::uint64_t kMaxHelpBytes = 2'048;
constexpr std::uint64_t kMaxTextBytes = 512;
constexpr std::uint32_t kKnownFlags = TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_LIST | TELLTALE_OPTION_SECRET |
                                      TELLTALE_OPTION_DEPRECATED | TELLTALE_OPTION_PATH;

bool is_option_name(std::string_view name) {
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::all_of(name.begin(), name.end(), word);
}

Error bad_table(const std::string& place, const std::string& why) {
  return make_error(ErrorCode::kInvalid, why, place.empty() ? "options table" : "option '" + place + "'");
}

// Copies a foreign table level by level, counting what it has taken.
class TableCopy {
 public:
  Result<std::vector<OptionSpec>> section(const telltale_option* options, std::uint32_t count, const std::string& place,
                                          std::uint32_t depth) {
    if (depth > kMaxDepth) return bad_table(place, "sections are nested deeper than 8");
    if (count > kMaxPerSection) return bad_table(place, "more than 256 options in one section");
    if (count > 0 && options == nullptr) return bad_table(place, "a count of options, but no options");
    total_ += count;
    if (total_ > kMaxOptions) return bad_table(place, "more than 2,048 options");
    std::vector<OptionSpec> specs;
    specs.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto spec = row(options[i], place, depth);
      if (!spec) return spec.error();
      const bool twice = std::any_of(specs.begin(), specs.end(), [&](const auto& s) { return s.name == spec->name; });
      if (twice) return bad_table(inside(place, spec->name), "declared twice");
      specs.push_back(std::move(*spec));
    }
    return specs;
  }

 private:
  static std::string inside(const std::string& place, const std::string& name) {
    return place.empty() ? name : place + "." + name;
  }

  static Result<std::string> text(telltale_str text, std::uint64_t limit, const std::string& place) {
    if (text.size == 0) return std::string();
    if (text.data == nullptr) return bad_table(place, "a text of some length, but no text");
    if (text.size > limit) return bad_table(place, "a text is longer than " + std::to_string(limit) + " bytes");
    std::string copy(text.data, static_cast<std::size_t>(text.size));
    if (!is_clean_text(copy)) return bad_table(place, "a text has control characters or is no valid UTF-8");
    return copy;
  }

  Result<OptionSpec> row(const telltale_option& option, const std::string& place, std::uint32_t depth) {
    OptionSpec spec;
    auto name = text(option.name, kMaxNameBytesOfOption, place);
    if (!name) return name.error();
    if (!is_option_name(*name)) return bad_table(inside(place, *name), "its name is not like [a-z][a-z0-9_]*");
    spec.name = std::move(*name);
    const std::string here = inside(place, spec.name);
    const auto take = [&here](telltale_str from, std::uint64_t limit, std::string& to) -> Result<void> {
      auto copy = text(from, limit, here);
      if (!copy) return copy.error();
      to = std::move(*copy);
      return {};
    };
    if (auto taken = take(option.help, kMaxHelpBytes, spec.help); !taken) return taken.error();
    if (auto taken = take(option.unit, kMaxTextBytes, spec.unit); !taken) return taken.error();
    if (auto taken = take(option.default_text, kMaxTextBytes, spec.default_text); !taken) return taken.error();
    spec.type = option.type;
    spec.flags = option.flags & kKnownFlags;
    spec.minimum = option.minimum;
    spec.maximum = option.maximum;
    if (auto done = choices(option, here, spec); !done) return done.error();
    if (auto done = type_and_children(option, here, depth, spec); !done) return done.error();
    if (auto fits = default_value(spec); !fits) return bad_table(here, "its default: " + fits.error().message);
    return spec;
  }

  static Result<void> choices(const telltale_option& option, const std::string& here, OptionSpec& spec) {
    if (option.choice_count > kMaxChoices) return bad_table(here, "more than 256 choices");
    if (option.choice_count > 0 && option.choices == nullptr) return bad_table(here, "a count of choices, but none");
    if (option.choice_count > 0 && option.type == TELLTALE_OPTION_SECTION) {
      return bad_table(here, "a section has no choices");
    }
    for (std::uint32_t i = 0; i < option.choice_count; ++i) {
      auto choice = text(option.choices[i], kMaxTextBytes, here);
      if (!choice) return choice.error();
      spec.choices.push_back(std::move(*choice));
    }
    return {};
  }

  Result<void> type_and_children(const telltale_option& option, const std::string& here, std::uint32_t depth,
                                 OptionSpec& spec) {
    if (option.type < TELLTALE_OPTION_BOOL || option.type > TELLTALE_OPTION_SECTION) {
      return bad_table(here, "its type " + std::to_string(option.type) + " is unknown to this version");
    }
    if (std::isnan(option.minimum) || std::isnan(option.maximum)) return bad_table(here, "its range is not a number");
    if (option.type != TELLTALE_OPTION_SECTION) {
      if (option.child_count > 0) return bad_table(here, "only a section has options inside");
      return {};
    }
    auto children = section(option.children, option.child_count, here, depth + 1);
    if (!children) return children.error();
    spec.children = std::move(*children);
    return {};
  }

  std::uint32_t total_ = 0;
};

}  // namespace

Result<std::vector<OptionSpec>> copy_options(const telltale_option* options, std::uint32_t count) {
  return TableCopy().section(options, count, "", 1);
}

}  // namespace telltale::core
