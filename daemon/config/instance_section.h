// What inputs and sinks have in common: a plugin, its options, its isolation. Called while loading.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/option_schema.h"

namespace telltale::config {

enum class Role : std::uint8_t { kInput, kSink };

// Where an item of a section stands; the section, when it does not have it.
[[nodiscard]] core::SourceMark mark_in(const core::ConfigNode& section, std::string_view name);
// The keys that both have.
[[nodiscard]] std::vector<core::OptionSpec> instance_table();
// `section`: the node, validated with a table that begins with those keys.
void read_instance(const core::ConfigNode& node, const core::OptionValue& section, core::InputConfig& config,
                   core::PluginCatalog& plugins, Role role, core::Diagnostics& diagnostics);

}  // namespace telltale::config
