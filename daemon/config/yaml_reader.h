// YAML text to a ConfigNode tree. The only user of yaml-cpp: its exceptions stop here.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"

namespace telltale::config {

// One document; $ENV{} and !secret are not replaced yet. Nothing when the text could not be read to its end;
// with a tree there may still be errors (duplicate keys, unknown tags).
[[nodiscard]] std::optional<core::ConfigNode> read_yaml(std::string_view text, core::Diagnostics& diagnostics);

}  // namespace telltale::config
