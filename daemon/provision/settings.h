// provision.yaml: where a device gets its configuration from, and whom it believes. Read anew for each round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/secrets.h"
#include "daemon/core/error.h"

namespace telltale::provision {

struct Settings {
  std::string from;               // http, https, mqtt or mqtts; with {device} in it
  std::vector<std::string> keys;  // files of public keys, one to four
  std::string device;             // empty: the machine's name
  std::string user;
  std::string password;
  std::string ca;  // a file of certificates; empty: the system's

  [[nodiscard]] bool over_mqtt() const { return from.starts_with("mqtt"); }
};

struct SettingsOutcome {
  std::optional<Settings> settings;
  std::string report;  // as `telltale check` has it; also warnings
};
// `file` is how the report calls it.
[[nodiscard]] SettingsOutcome read_settings(const std::string& file, std::string_view text,
                                            const config::SecretSources& secrets);
// ErrorCode::kNotFound: there is none, provisioning is off; kDenied: others could have changed it.
[[nodiscard]] core::Result<SettingsOutcome> load_settings(const std::string& file);

// Where this one device looks. Of a name that would be another place than its own: ErrorCode::kInvalid.
struct Place {
  std::string url;    // of MQTT without the topic
  std::string topic;  // of MQTT
  std::string shown;  // scheme and host: what stands behind them may be a secret
};
[[nodiscard]] core::Result<Place> place_for(const Settings& settings, const std::string& device);

}  // namespace telltale::provision
