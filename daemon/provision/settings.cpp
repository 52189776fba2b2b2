#include "daemon/provision/settings.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "daemon/config/section_reader.h"
#include "daemon/config/server_login.h"
#include "daemon/config/yaml_reader.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/series.h"
#include "daemon/net/client.h"
#include "daemon/provision/keys.h"

namespace telltale::provision {

namespace {

using config::mark_of;
using config::text_option;
using config::value_of;
using core::ConfigNode;

constexpr std::size_t kMostFile = std::size_t{64} << 10U;
constexpr std::size_t kMostKeys = 4;
constexpr std::size_t kMostAddress = 4096;
constexpr std::size_t kMostTopic = 512;
constexpr std::size_t kMostName = 255;
constexpr std::string_view kDevice = "{device}";

const std::vector<core::OptionSpec>& table() {
  static const std::vector<core::OptionSpec> kTable = {
      text_option("from", "https://fleet.example/{device}.yaml or mqtts://broker/telltale/{device}/config.",
                  TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_SECRET),
      text_option("key", "Files of public keys; one of them has to have signed.",
                  TELLTALE_OPTION_REQUIRED | TELLTALE_OPTION_LIST),
      text_option("device", "What this device is called here; the machine's name if not given."),
      text_option("user", "Name to log in with."),
      text_option("password", "As !secret NAME.", TELLTALE_OPTION_SECRET),
      text_option("ca", "A file of certificates to trust, instead of the system's.")};
  return kTable;
}

// SCHEME://HOST[:PORT] and what is behind it, from the slash on.
struct Address {
  std::string_view scheme;
  std::string_view host;
  std::string_view rest;
};

std::optional<Address> split(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos || url.size() > kMostAddress || !core::is_clean_text(url)) return std::nullopt;
  Address address;
  address.scheme = url.substr(0, colon);
  const std::string_view behind = url.substr(colon + 3);
  const auto slash = std::min(behind.find('/'), behind.size());
  address.host = behind.substr(0, slash);
  address.rest = behind.substr(slash);
  return config::is_server_place(address.host) ? std::optional(address) : std::nullopt;
}

std::string replaced(std::string_view text, std::string_view by) {
  std::string out;
  for (auto at = text.find(kDevice); at != std::string_view::npos; at = text.find(kDevice)) {
    out += text.substr(0, at);
    out += by;
    text.remove_prefix(at + kDevice.size());
  }
  return out += text;
}

void check_from(const Settings& settings, const ConfigNode& node, core::Diagnostics& diagnostics) {
  const core::SourceMark mark = mark_of(node, "from");
  const auto address = split(settings.from);
  const bool http = address && (address->scheme == "http" || address->scheme == "https");
  const bool mqtt = address && (address->scheme == "mqtt" || address->scheme == "mqtts");
  if (settings.from.empty()) return;  // said already
  if (!http && !mqtt) {
    return diagnostics.error(mark,
                             "'from' is written https://HOST/PATH, http://…, mqtts://HOST:PORT/TOPIC or mqtt://…; user "
                             "and password have items of their own");
  }
  if (replaced(address->rest, "").find_first_of("{}") != std::string::npos) {
    diagnostics.error(mark, "'from' has no other braces than those of {device}");
  }
  if (mqtt && (address->rest.size() < 2 || address->rest.size() > kMostTopic ||
               address->rest.find_first_of("+#") != std::string_view::npos)) {
    diagnostics.error(mark, "behind the broker stands a topic of at most 512 bytes, without + and #");
  }
  if (!settings.ca.empty() && !address->scheme.ends_with('s')) {
    diagnostics.error(mark_of(node, "ca"), "'ca' is of https:// and mqtts://");
  }
}

void check_rest(const Settings& settings, const ConfigNode& node, core::Diagnostics& diagnostics) {
  if (settings.keys.size() > kMostKeys) diagnostics.error(mark_of(node, "key"), "at most 4 keys");
  const auto is_whole = [](const std::string& path) { return path.starts_with('/') && core::is_clean_text(path); };
  if (!std::all_of(settings.keys.begin(), settings.keys.end(), is_whole)) {
    diagnostics.error(mark_of(node, "key"), "'key' is a whole path, such as /etc/telltale/fleet.pub");
  }
  if (!settings.ca.empty() && !is_whole(settings.ca)) diagnostics.error(mark_of(node, "ca"), "'ca' is a whole path");
  const auto address = split(settings.from);
  const bool plain =
      address && (address->scheme == "http" || address->scheme == "mqtt") && !config::is_on_this_machine(address->host);
  config::check_login(node, settings.user, settings.password, !plain, diagnostics);
  if (!settings.device.empty() && address && !place_for(settings, settings.device)) {
    diagnostics.error(mark_of(node, "device"), "a name has at most 255 bytes, without / + # and control characters");
  }
}

std::optional<Settings> read(std::string_view text, const config::SecretSources& secrets,
                             core::Diagnostics& diagnostics) {
  auto root = config::read_yaml(text, diagnostics);
  if (!root) return std::nullopt;
  if (root->type != ConfigNode::Type::kMap) {
    diagnostics.error(root->mark, "this file is keys with values: 'from:' and 'key:'");
    return std::nullopt;
  }
  config::resolve_secrets(*root, secrets, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  const auto section = core::validate_options(table(), *root, diagnostics);
  Settings settings;
  settings.from = value_of(section, "from").text;
  for (const auto& item : value_of(section, "key").children) settings.keys.push_back(item.text);
  settings.device = value_of(section, "device").text;
  settings.user = value_of(section, "user").text;
  settings.password = value_of(section, "password").text;
  settings.ca = value_of(section, "ca").text;
  check_from(settings, *root, diagnostics);
  check_rest(settings, *root, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return settings;
}

}  // namespace

SettingsOutcome read_settings(const std::string& file, std::string_view text, const config::SecretSources& secrets) {
  core::Diagnostics diagnostics;
  SettingsOutcome outcome;
  outcome.settings = read(text, secrets, diagnostics);
  outcome.report = diagnostics.render(file, text);
  return outcome;
}

core::Result<SettingsOutcome> load_settings(const std::string& file) {
  const auto text = read_trusted_file(file, kMostFile);
  if (!text && text.error().code == core::ErrorCode::kNotFound) {
    return core::make_error(core::ErrorCode::kNotFound, "provisioning is off: there is no such file", file);
  }
  if (!text) return text.error();
  return read_settings(file, *text, config::SecretSources::of_process(file));
}

core::Result<Place> place_for(const Settings& settings, const std::string& device) {
  if (device.empty() || device.size() > kMostName || device == "." || device == ".." || !core::is_clean_text(device) ||
      device.find_first_of("/+#") != std::string::npos) {
    return core::make_error(core::ErrorCode::kInvalid, "a device's name is not empty, and has no / + #", device);
  }
  const auto address = split(settings.from);
  if (!address) return core::make_error(core::ErrorCode::kInvalid, "'from' is no address");
  Place place;
  place.shown = fmt::format("{}://{}", address->scheme, address->host);
  if (settings.over_mqtt()) {
    place.url = place.shown;
    place.topic = replaced(address->rest.substr(1), device);
  } else {
    place.url = place.shown + replaced(address->rest, net::percent_encode(device));
  }
  return place;
}

}  // namespace telltale::provision
