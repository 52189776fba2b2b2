#include "daemon/app/settings.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "daemon/core/paths.h"

namespace telltale::app {

namespace {

// What runs when there is no configuration at hand.
constexpr const char* kBuiltInConfig =
    "server: {listen: 127.0.0.1:8080}\n"
    "inputs: [{id: host, plugin: linux}]\n";

// One on a file system that became read-only will do: then all is live.
core::Result<void> make_directory(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) return core::errno_error(failure.value(), "make the directory", path);
  if (::access(path.c_str(), W_OK) == 0 || errno == EROFS) return {};
  return core::errno_error(errno, "write into the directory", path);
}

net::TlsOptions tls_options(const config::Tls& tls, const std::string& config_file, const std::string& state) {
  const auto placed = [&](const std::string& path) {
    return (std::filesystem::path(config_file).parent_path() / path).string();
  };
  net::TlsOptions options;
  options.state_directory = state;
  switch (tls.mode) {
    case config::TlsMode::kOff:
      break;
    case config::TlsMode::kAuto:
      options.mode = net::TlsMode::kAuto;
      break;
    case config::TlsMode::kFiles:
      options.mode = net::TlsMode::kFiles;
      options.certificate = placed(tls.cert);
      options.key = placed(tls.key);
      break;
  }
  return options;
}

}  // namespace

std::optional<std::string> config_file(const Options& options) {
  if (options.config) return options.config;
  if (::access(kInstalledConfig, F_OK) == 0) return kInstalledConfig;
  return std::nullopt;
}

config::Outcome load_config(const std::optional<std::string>& file, core::PluginCatalog& plugins) {
  if (file) return config::load_file(*file, plugins);
  return config::load({"(built in)", kBuiltInConfig}, {}, plugins);
}

core::Result<Directories> make_directories(const Options& options, bool has_config) {
  const auto surroundings = core::PathSurroundings::of_this_process();
  Directories directories;
  if (options.run) {
    directories.run = *options.run;
  } else {
    auto run = core::make_run_directory(surroundings);
    if (!run) return run.error();
    directories.run = *run;
  }
  if (options.state) {
    directories.state = *options.state;
  } else {
    auto state = has_config ? core::state_directory(surroundings) : core::user_state_directory(surroundings);
    if (!state) return state.error();
    directories.state = *state;
  }
  for (const std::string& path : {directories.run, directories.state}) {
    auto made = make_directory(path);
    if (!made) return made.error();
  }
  return directories;
}

net::ServerOptions server_options(const config::Config& config, const config::ListenAddress& listen,
                                  const Directories& directories, const std::string& config_file) {
  net::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.only_loopback = listen.is_loopback();
  options.socket = core::api_socket_path(directories.run);
  options.view = config.server.view == config::View::kPublic ? net::View::kPublic : net::View::kLogin;
  switch (config.server.write) {
    case config::WriteAccess::kLoopback:
      options.write = net::WriteAccess::kLoopback;
      break;
    case config::WriteAccess::kToken:
      options.write = net::WriteAccess::kToken;
      break;
    case config::WriteAccess::kLan:
      options.write = net::WriteAccess::kLan;
      break;
  }
  if (!config.device.name.empty()) options.names.push_back(config.device.name);
  options.names.insert(options.names.end(), config.server.names.begin(), config.server.names.end());
  for (const std::string& text : config.server.proxies) {
    // Read before, or the file would have been refused.
    if (const auto range = core::AddressRange::parse(text)) options.proxies.push_back(*range);
  }
  options.origins = config.server.cors;
  options.base_path = config.server.base_path;
  if (config.server.redirect) {
    options.redirect_address = config.server.redirect->address;
    options.redirect_port = config.server.redirect->port;
  }
  options.tls = tls_options(config.server.tls, config_file, directories.state);
  return options;
}

std::vector<core::InputConfig> input_configs(const config::Config& config) {
  std::vector<core::InputConfig> inputs;
  for (const config::Input& input : config.inputs) inputs.push_back(input.config);
  return inputs;
}

std::vector<pipeline::CounterSetting> counter_settings(const config::Config& config) {
  std::vector<pipeline::CounterSetting> settings;
  for (const config::Counter& counter : config.counters) {
    // Read before, or the file would have been refused.
    if (auto selector = core::Selector::parse(counter.series)) settings.push_back({std::move(*selector), counter.rule});
  }
  return settings;
}

}  // namespace telltale::app
