// telltale provision
#include <array>
#include <cstdio>
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "daemon/cli/catalog.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/config/load.h"
#include "daemon/config/read_file.h"
#include "daemon/core/clock.h"
#include "daemon/core/paths.h"
#include "daemon/core/units.h"
#include "daemon/host/host_paths.h"
#include "daemon/provision/round.h"
#include "daemon/provision/settings.h"
#include "daemon/tools/fresh_file.h"

namespace telltale::cli {
namespace {

using core::ErrorCode;
using core::make_error;

constexpr std::uint64_t kPatience = 30;  // seconds

// What is wrong with a file is no wrong usage.
core::Error of_a_file(core::Error error) {
  if (error.code == ErrorCode::kInvalid || error.code == ErrorCode::kUnavailable) error.code = ErrorCode::kIo;
  return error;
}

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

// Where the daemon of this machine has what a round needs.
struct Surroundings {
  net::Client client;
  bool answers = false;
  std::string state;
  std::string config;
};

core::Result<Surroundings> look_around(const Arguments& arguments) {
  if (!arguments.url.empty()) {
    return make_error(ErrorCode::kInvalid, "a device's configuration is fetched on the device: without --url");
  }
  auto client = connect(arguments);
  if (!client) return client.error();
  Surroundings found{std::move(*client), false, arguments.state_directory, {}};
  const auto status = found.client.get({.path = "/api/v1/status"});
  if (!status && status.error().code != ErrorCode::kUnavailable) return status.error();
  found.answers = status.has_value();
  if (status) {
    const auto document = parse_json(*status);
    if (!document) return document.error();
    if (const auto* files = member(*document, "files"); files != nullptr) {
      if (found.state.empty()) found.state = text_of(*files, "state");
      found.config = text_of(*files, "config");
    }
  } else {
    found.config = std::filesystem::path(arguments.provision.file).parent_path() / "telltale.yaml";
  }
  if (!found.state.empty()) return found;
  auto state = core::state_directory(core::PathSurroundings::of_this_process());
  if (!state) return state.error();
  found.state = *state;
  return found;
}

std::string join(const std::vector<core::Glob>& globs) {
  std::string out;
  for (const core::Glob& glob : globs) out += (out.empty() ? "" : " ") + glob.pattern();
  return out;
}

core::Result<std::vector<provision::PublicKey>> read_keys(const std::vector<std::string>& files) {
  std::vector<provision::PublicKey> keys;
  for (const std::string& file : files) {
    auto key = provision::read_public_key(file);
    if (!key) return key.error().code == ErrorCode::kInvalid ? of_a_file(key.error()) : key.error();
    keys.push_back(std::move(*key));
  }
  return keys;
}

void tell_state(const provision::State& state, bool unchanged, const std::string& config, const Output& output) {
  if (state.serial == 0) {
    output.line("nothing was taken yet");
  } else {
    output.line(fmt::format("serial {} was taken {}", state.serial, state.taken.empty() ? "before" : state.taken));
    if (!unchanged) output.line(config + " was changed since");
  }
  if (state.failed) {
    output.line(fmt::format("serial {} failed {}: {}", state.failed->serial, state.failed->when, state.failed->why));
  }
  if (!state.outcome.empty()) output.line(fmt::format("since {}: {}", state.since, state.outcome));
}

}  // namespace

Outcome run_provision_key(const Arguments& arguments, const Output& output) {
  const auto made = provision::make_key_pair(arguments.name);
  if (!made) return made.error();
  output.line(arguments.name + ".key signs: keep it where no device is");
  output.line(arguments.name + ".pub verifies: it goes to the devices");
  return kExitDone;
}

Outcome run_provision_sign(const Arguments& arguments, const Output& output) {
  const ProvisionArguments& given = arguments.provision;
  const auto source = config::read_source(arguments.file);
  if (!source) return of_a_file(source.error());
  if (!given.unchecked) {
    const auto catalog = open_catalog(arguments);
    if (!catalog) return catalog.error();
    const config::Outcome loaded = config::load_file(arguments.file, **catalog);
    std::fputs(loaded.report.c_str(), stderr);
    if (!loaded.config) {
      output.note("not signed; --unchecked signs it although secrets or plugins are missing here");
      return kExitConfig;
    }
  }
  const auto covered = provision::put_head({arguments.globs, given.serial, given.until}, source->text);
  if (!covered) return covered.error();
  const auto signature = provision::sign(*covered, given.private_key);
  if (!signature) return of_a_file(signature.error());
  const std::string text = provision::put_seal(*covered, *signature);
  if (arguments.path.empty() || arguments.path == "-") {
    output.raw(text);
    return kExitDone;
  }
  using tools::FreshFile;
  auto file =
      FreshFile::at(arguments.path, arguments.force ? FreshFile::Existing::kReplace : FreshFile::Existing::kRefuse);
  if (!file) return file.error();
  if (auto created = file->create(0644); !created) return created.error();
  if (auto written = file->write(text); !written) return written.error();
  if (auto kept = file->keep(); !kept) return kept.error();
  return kExitDone;
}

Outcome run_provision_verify(const Arguments& arguments, const Output& output) {
  const auto keys = read_keys(arguments.provision.keys);
  if (!keys) return keys.error();
  const auto text = config::read_file(arguments.path, provision::kMostDocument);
  if (!text) return of_a_file(text.error());
  const auto sealed = provision::open_seal(*text);
  if (!sealed) return sealed.error().in(arguments.path);
  const provision::PublicKey* by = nullptr;
  for (const provision::PublicKey& key : *keys) {
    if (provision::verify(sealed->covered, sealed->signature, key)) by = &key;
  }
  if (by == nullptr) {
    return make_error(ErrorCode::kCorrupt, "was not signed with this key, or was changed afterwards", arguments.path);
  }
  const auto head = provision::read_head(sealed->covered);
  if (!head) return head.error().in(arguments.path);
  const std::string& device = arguments.provision.device;
  if (!device.empty() && !head->is_for(device)) {
    return make_error(ErrorCode::kConflict, "is for " + join(head->globs) + ", not for " + device, arguments.path);
  }
  output.line(fmt::format("{}: serial {}, for {}{}, signed with {}", arguments.path, head->serial, join(head->globs),
                          head->until ? ", until " + core::format_time(*head->until) : std::string(), by->file));
  return kExitDone;
}

Outcome run_provision_fetch(const Arguments& arguments, const Output& output) {
  const ProvisionArguments& given = arguments.provision;
  const auto loaded = provision::load_settings(given.file);
  if (!loaded) return of_a_file(loaded.error());
  std::fputs(loaded->report.c_str(), stderr);
  if (!loaded->settings) return kExitConfig;
  const provision::Settings& settings = *loaded->settings;
  const auto keys = read_keys(settings.keys);
  if (!keys) return keys.error();
  const std::string device = settings.device.empty() ? machine_name() : settings.device;
  const auto place = provision::place_for(settings, device);
  if (!place) return place.error();
  const auto messenger = host::find_own_program("telltale-messenger");
  if (!messenger) return messenger.error();
  const auto catalog = open_catalog(arguments);
  if (!catalog) return catalog.error();
  auto around = look_around(arguments);
  if (!around) return around.error();
  const std::chrono::seconds patience(arguments.count > 0 ? arguments.count : kPatience);
  provision::DaemonPlace running(around->client, around->config, patience);
  provision::FilePlace resting(around->config, **catalog);
  provision::ConfigPlace& target =
      around->answers ? static_cast<provision::ConfigPlace&>(running) : static_cast<provision::ConfigPlace&>(resting);
  const core::SystemClock clock;
  const auto fetch = [&](const std::string& etag) { return provision::fetch(settings, *place, etag, *messenger); };
  const auto warn = [&](const std::string& text) { output.note(text); };
  provision::Round round{
      around->state, device, place->url + '\n' + place->topic, *keys, fetch, target, clock, given.dry_run,
      given.again,   warn};
  const auto end = provision::run_round(round);
  if (!end) return end.error();
  output.line(end->text);
  return end->well() ? kExitDone : kExitFailed;
}

Outcome run_provision_status(const Arguments& arguments, const Output& output) {
  const auto around = look_around(arguments);
  if (!around) return around.error();
  const auto state = provision::load_state(around->state);
  if (!state) return state.error();
  const auto loaded = provision::load_settings(arguments.provision.file);
  const bool off = !loaded && loaded.error().code == ErrorCode::kNotFound;
  if (!loaded && !off) return of_a_file(loaded.error());
  const auto in_place = config::read_file(around->config, provision::kMostDocument);
  const bool unchanged = in_place && provision::digest_of(*in_place) == state->digest;
  if (arguments.json) {
    boost::json::value document = boost::json::parse(provision::state_json(*state));
    document.as_object()["on"] = !off;
    document.as_object()["in_place"] = unchanged;
    output.raw(boost::json::serialize(document) + '\n');
    return kExitDone;
  }
  const std::string& file = arguments.provision.file;
  if (off) {
    output.line("off: there is no " + file);
  } else if (!loaded->settings) {
    output.line("errors in " + file + ": `telltale provision fetch` shows them");
  } else {
    const std::string device = loaded->settings->device.empty() ? machine_name() : loaded->settings->device;
    const auto place = provision::place_for(*loaded->settings, device);
    output.line(device + " takes its configuration from " + (place ? place->shown : "nowhere: its name is no such"));
  }
  tell_state(*state, unchanged, around->config, output);
  return kExitDone;
}

}  // namespace telltale::cli
