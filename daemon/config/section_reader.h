// What the readers of sections share: the daemon's own sections are validated with the same tables as a plugin's
// options. Called while loading.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/option_schema.h"

namespace telltale::config {

[[nodiscard]] core::OptionSpec text_option(std::string name, std::string help, std::uint32_t flags = 0);
[[nodiscard]] core::OptionSpec choice_option(std::string name, std::vector<std::string> choices,
                                             std::string default_text);
[[nodiscard]] core::OptionSpec bool_option(std::string name, std::string help, std::string default_text);
[[nodiscard]] core::OptionSpec section_option(std::string name, std::vector<core::OptionSpec> inner);
[[nodiscard]] core::OptionSpec with_help(core::OptionSpec spec, std::string help, std::uint32_t flags = 0);
// A TELLTALE_OPTION_INT, _DURATION or _SIZE with a range in nanoseconds or bytes.
[[nodiscard]] core::OptionSpec ranged_option(std::string name, std::uint32_t type, std::string default_text,
                                             double minimum, double maximum);

// The value of a section by its name; it must be in the table that the section was validated with.
[[nodiscard]] const core::OptionValue& value_of(const core::OptionValue& section, std::string_view name);

// Validates a section, or its absence, against a table.
[[nodiscard]] core::OptionValue read_section(const std::vector<core::OptionSpec>& table, const core::ConfigNode* node,
                                             core::Diagnostics& diagnostics);

// The items of a list of sections; a single section is a list of one. What is neither is an error.
[[nodiscard]] std::vector<const core::ConfigNode*> list_items(const core::ConfigNode* node,
                                                              core::Diagnostics& diagnostics);

// The same of sections that are called something: `name` is the item that says it, no two say the same, and there are
// at most `most` of `what`; none when there are more.
[[nodiscard]] std::vector<const core::ConfigNode*> named_items(const core::ConfigNode* node, std::string_view name,
                                                               std::size_t most, std::string_view what,
                                                               core::Diagnostics& diagnostics);

// Where an item of a section stands, or the section when it has none of that name.
[[nodiscard]] core::SourceMark mark_of(const core::ConfigNode& section, std::string_view name);

// A copy of a section without one of its items, which somebody else validates.
[[nodiscard]] core::ConfigNode without(const core::ConfigNode& section, std::string_view name);

// Refuses the second section whose `name` item says the same; `what` is the word for it ("input id").
void refuse_twins(const std::vector<const core::ConfigNode*>& sections, std::string_view name, std::string_view what,
                  core::Diagnostics& diagnostics);

// `[a-z0-9][a-z0-9_-]{0,63}`
[[nodiscard]] bool is_id(std::string_view text);

}  // namespace telltale::config
