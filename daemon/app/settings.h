// From the command line and the machine to what the parts are started with: which configuration, which directories.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/options.h"
#include "daemon/config/load.h"
#include "daemon/core/error.h"
#include "daemon/host/plugin_finder.h"
#include "daemon/net/server.h"
#include "daemon/pipeline/registry.h"

namespace telltale::app {

inline constexpr const char* kInstalledConfig = "/etc/telltale/telltale.yaml";

struct Directories {
  std::string state;
  std::string run;
};

// The file that is read, or nothing: then the daemon shows the machine it runs on.
[[nodiscard]] std::optional<std::string> config_file(const Options& options);
[[nodiscard]] config::Outcome load_config(const std::optional<std::string>& file, core::PluginCatalog& plugins);

// Makes what is missing.
[[nodiscard]] core::Result<Directories> make_directories(const Options& options, bool has_config);

// `config_file`: empty when there is none.
[[nodiscard]] net::ServerOptions server_options(const config::Config& config, const config::ListenAddress& listen,
                                                const Directories& directories, const std::string& config_file);
[[nodiscard]] std::vector<core::InputConfig> input_configs(const config::Config& config);
[[nodiscard]] std::vector<pipeline::CounterSetting> counter_settings(const config::Config& config);

}  // namespace telltale::app
