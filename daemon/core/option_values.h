// How one value of an option reads: scalars in the YAML style, and defaults. Shared by copying a table (its
// defaults must fit) and by validating a configuration. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"

namespace telltale::core {

// How an option's scalar was written, and what may be said of it.
struct ScalarText {
  std::string_view text;
  bool quoted = false;  // a quoted scalar is text, whatever it looks like
  bool secret = false;  // its text never appears in a message
};

// The scalar as the option's type, within its range and choices. Not for sections. The error's message says what
// was found and what would be right.
[[nodiscard]] Result<OptionValue> scalar_value(const OptionSpec& spec, const ScalarText& scalar);

// The default; TELLTALE_VALUE_NULL when there is none. A section's default can only be `{}`: its children's
// defaults.
[[nodiscard]] Result<OptionValue> default_value(const OptionSpec& spec);

// "a whole number", "a duration such as 10s", "a list of texts".
[[nodiscard]] std::string expected_form(const OptionSpec& spec);

}  // namespace telltale::core
