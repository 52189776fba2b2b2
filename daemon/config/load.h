// From a file to a Config, or to every mistake in it at once. Owned by nobody: called at start, at SIGHUP and by
// `telltale check`, from any one thread; blocks on the disk and on the plugin catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/config.h"
#include "daemon/config/secrets.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/error.h"
#include "daemon/core/interfaces/inputs.h"

namespace telltale::config {

// A configuration as it stands in its file.
struct Source {
  std::string name;  // as messages name it
  std::string text;
};

// At most 1 MiB.
[[nodiscard]] core::Result<Source> read_source(const std::string& path);

struct Outcome {
  std::optional<Config> config;   // nothing when there is an error: nothing starts half
  core::Diagnostics diagnostics;  // errors, or warnings beside a config
  // `telltale.yaml:14:9: error: …` with line and caret; empty when there is nothing to say.
  std::string report;
};

[[nodiscard]] Outcome load(const Source& source, const SecretSources& secrets, core::PluginCatalog& plugins);

// The same of a file, with the secrets of this process. A file that cannot be read is an error of the Outcome.
[[nodiscard]] Outcome load_file(const std::string& path, core::PluginCatalog& plugins);

}  // namespace telltale::config
