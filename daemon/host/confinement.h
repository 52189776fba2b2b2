// What one confined process may do: computed by the daemon from the configuration and the plugin's description, sent
// to the process, and put in force there (confine.h). Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/interfaces/inputs.h"

namespace telltale::host {

struct Confinement {
  core::InputLimits limits;
  std::uint32_t needs = 0;         // TELLTALE_NEEDS_… or-ed: declared by the plugin or granted by the user
  std::vector<std::string> read;   // paths, with what is below them
  std::vector<std::string> write;  // likewise; may be read, too
  friend bool operator==(const Confinement&, const Confinement&) = default;
};

// The plugin's needs and the paths that its options name, with what the user grants. Pure.
[[nodiscard]] Confinement confinement_of(const core::InputConfig& config, const core::PluginDescription& plugin);

}  // namespace telltale::host
