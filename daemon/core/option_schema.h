// A plugin's options table as values the daemon owns, and the validation of a configuration against it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/options.h>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/error.h"

namespace telltale::core {

// One row of the table; the fields are those of telltale_option.
struct OptionSpec {
  std::string name;
  std::string help;
  std::string unit;
  std::string default_text;
  double minimum = 1;
  double maximum = 0;
  std::vector<std::string> choices;
  std::vector<OptionSpec> children;
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
  // Of a section: a plain value stands for its first option, a text with choices: `payload: csv` is `payload: {form:
  // csv}`.
  [[nodiscard]] bool has_short_form() const {
    return type == TELLTALE_OPTION_SECTION && !children.empty() && children.front().type == TELLTALE_OPTION_TEXT &&
           !children.front().choices.empty() && !children.front().has(TELLTALE_OPTION_LIST);
  }
};

// What a plugin says of itself.
struct PluginDescription {
  std::string name;
  std::string version;
  std::string summary;
  std::string file;  // path of the library
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::uint32_t needs = 0;              // TELLTALE_NEEDS_... or-ed; unknown bits are kept
  std::vector<std::string> interfaces;  // "telltale.poll/1", …
  std::vector<OptionSpec> options;
  std::vector<OptionSpec> probe_options = {};  // of probe/1, when it is among the interfaces
  [[nodiscard]] bool offers(std::string_view interface) const {
    return std::find(interfaces.begin(), interfaces.end(), interface) != interfaces.end();
  }
};

// Copies a C table, checking it as hostile: sane counts, depth at most 8, names, clean texts, known types.
[[nodiscard]] Result<std::vector<OptionSpec>> copy_options(const telltale_option* options, std::uint32_t count);

// A finished tree: every declared option is there, defaults filled in. Plain values.
struct OptionValue {
  std::string name;
  std::uint32_t type = TELLTALE_VALUE_NULL;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<OptionValue> children;
  friend bool operator==(const OptionValue&, const OptionValue&) = default;
};

// Validates a map (or nothing) against the table. Every mistake goes to `diagnostics` with its place, the
// nearest valid word where one is near; the result is complete only when no error was added.
[[nodiscard]] OptionValue validate_options(const std::vector<OptionSpec>& schema, const ConfigNode& node,
                                           Diagnostics& diagnostics);

// The tree as the C structs a plugin reads. Owns all its memory; stable addresses; immutable.
class OptionTree {
 public:
  explicit OptionTree(const OptionValue& root);
  OptionTree(OptionTree&&) noexcept = default;
  OptionTree& operator=(OptionTree&&) noexcept = default;
  OptionTree(const OptionTree&) = delete;
  OptionTree& operator=(const OptionTree&) = delete;
  ~OptionTree() = default;
  [[nodiscard]] const telltale_value& root() const { return *root_; }

 private:
  telltale_value convert(const OptionValue& value);
  std::deque<std::string> texts_;
  std::deque<std::vector<telltale_value>> lists_;
  std::unique_ptr<telltale_value> root_;
};

}  // namespace telltale::core
