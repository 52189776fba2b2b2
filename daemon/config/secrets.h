// Passwords kept out of the configuration: `$ENV{NAME}` inside of a value, `!secret name` as a value. A name is
// looked up among systemd's credentials, then in secrets.yaml beside the configuration. Called while loading.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"

namespace telltale::config {

// Where secrets come from; injected, so that tests need no environment.
struct SecretSources {
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::string credentials_directory;  // systemd.exec(5), LoadCredential=; empty: none
  std::string secrets_file;           // must be readable by its owner alone (mode 0600); need not exist

  // Those of this process, for a configuration file.
  [[nodiscard]] static SecretSources of_process(const std::string& config_file);
};

// Replaces every reference in the tree. What cannot be resolved is an error at its place and stays as it is.
void resolve_secrets(core::ConfigNode& root, const SecretSources& sources, core::Diagnostics& diagnostics);

}  // namespace telltale::config
