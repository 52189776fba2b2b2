// A plugin's options table, shown: for people, and as a JSON Schema (2020-12) for editors. Pure.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "daemon/cli/output.h"
#include "daemon/core/option_schema.h"

namespace telltale::cli {

// Every option with its type, default, limits and help; those of a section are named `waves.name`.
[[nodiscard]] Table option_table(const std::vector<core::OptionSpec>& options);

// The same as Markdown: one table per section of options, for a page of documentation.
[[nodiscard]] std::string option_markdown(const core::PluginDescription& plugin);

// The words for what a plugin needs beyond what every isolated one may do.
[[nodiscard]] std::vector<std::string> needs_of(const core::PluginDescription& plugin);

// What `options:` of an input of this plugin may be.
[[nodiscard]] boost::json::object option_schema(const core::PluginDescription& plugin);

// What the plugin says of itself, for programs.
[[nodiscard]] boost::json::object plugin_json(const core::PluginDescription& plugin);

}  // namespace telltale::cli
