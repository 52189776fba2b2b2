// The options table.
#include <cmath>
#include <string_view>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/option_table.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

void has_table(Lab& lab) {
  const telltale_plugin& it = lab.plugin();
  if (const std::string problem = table_problem(it.options, it.option_count); !problem.empty()) fail(problem);
}

// Calls `problem_of(option)`, and fails with the first text that it answers.
template <class Look>
void look_at_each(Lab& lab, Look&& problem_of) {
  for_each_option(lab.plugin().options, lab.plugin().option_count,
                  [&](const telltale_option& option, const std::string& path) {
                    const std::string problem = problem_of(option);
                    if (!problem.empty()) fail("'" + path + "' " + problem);
                  });
}

void are_documented(Lab& lab) {
  look_at_each(lab, [](const telltale_option& option) -> std::string {
    const std::string_view help = to_view(option.help);
    if (help.empty()) return "has no help";
    return help.find(' ') == std::string_view::npos && help.size() < 8 ? "has a help that says nothing: " + shown(help)
                                                                       : std::string();
  });
}

void have_sane_ranges(Lab& lab) {
  look_at_each(lab, [](const telltale_option& option) -> std::string {
    if (std::isnan(option.minimum) || std::isnan(option.maximum)) return "has a range that is not a number";
    if (option.minimum > option.maximum) return {};
    const bool number = option.type == TELLTALE_OPTION_INT || option.type == TELLTALE_OPTION_FLOAT ||
                        option.type == TELLTALE_OPTION_DURATION || option.type == TELLTALE_OPTION_SIZE;
    if (!number && (option.minimum != 0 || option.maximum != 0)) return "has a range, but is no number";
    if (number && option.minimum == 0 && option.maximum == 0) {
      return "can only be 0: a range of 0 to 0 is a range (none is minimum 1, maximum 0)";
    }
    const bool unsigned_type = option.type == TELLTALE_OPTION_DURATION || option.type == TELLTALE_OPTION_SIZE;
    return unsigned_type && option.minimum < 0 ? "may be negative, which a duration or size never is" : std::string();
  });
}

void have_valid_defaults(Lab& lab) { look_at_each(lab, &default_problem); }

void have_flags_that_fit(Lab& lab) {
  look_at_each(lab, [](const telltale_option& option) -> std::string {
    const auto has = [&](std::uint32_t flag) { return (option.flags & flag) != 0; };
    if (has(TELLTALE_OPTION_REQUIRED) && option.default_text.size > 0) return "is required, and has a default";
    if (has(TELLTALE_OPTION_REQUIRED) && has(TELLTALE_OPTION_DEPRECATED)) return "is required, and deprecated";
    if (has(TELLTALE_OPTION_PATH) && option.type != TELLTALE_OPTION_TEXT) return "is a path, but no text";
    if (has(TELLTALE_OPTION_SECRET) && option.type != TELLTALE_OPTION_TEXT) return "is a secret, but no text";
    if (has(TELLTALE_OPTION_SECRET) && option.default_text.size > 0) return "is a secret that everybody can read here";
    return {};
  });
}

constexpr Case kCases[] = {
    {{"options.table", "The options table is sound: names, types, texts, choices, nesting up to 8 deep.",
      "Name options like [a-z][a-z0-9_]*; let counts and pointers agree; telltale::Option builds sound rows."},
     {"entry.abi"},
     &has_table},
    {{"options.documented", "Each option says what it is for.",
      "Give each a help of one sentence, in the user's words."},
     {"options.table"},
     &are_documented},
    {{"options.ranges", "Ranges are ranges, of numbers.",
      "Set minimum <= maximum for a range, minimum 1 and maximum 0 for none."},
     {"options.table"},
     &have_sane_ranges},
    {{"options.defaults_valid", "Each default is a valid value of its own option.",
      "Write the default as in YAML: of the option's type, in its range, one of its choices."},
     {"options.table"},
     &have_valid_defaults},
    {{"options.flags", "Flags of options do not contradict each other.",
      "An option is required or has a default; paths and secrets are texts; a secret has no default."},
     {"options.table"},
     &have_flags_that_fit},
};

}  // namespace

std::span<const Case> option_cases() { return kCases; }

}  // namespace telltale::validator
