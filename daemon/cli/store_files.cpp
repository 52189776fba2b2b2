#include "daemon/cli/store_files.h"

#include <filesystem>

#include "daemon/cli/connection.h"
#include "daemon/cli/json.h"
#include "daemon/core/paths.h"

namespace telltale::cli {
namespace {

constexpr const char* kInstalledConfig = "/etc/telltale/telltale.yaml";

bool has_history(const std::string& directory) {
  std::error_code failed;
  return std::filesystem::exists(directory + "/history.db", failed);
}

}  // namespace

core::Result<DaemonFiles> find_daemon_files(const Arguments& arguments) {
  DaemonFiles files;
  if (arguments.state_directory.empty()) {
    auto client = connect(arguments);
    if (!client) return client.error();
    const auto status = client->get({.path = "/api/v1/status"});
    if (status) {
      const auto document = parse_json(*status);
      if (!document) return document.error();
      if (const auto* said = member(*document, "files"); said != nullptr) {
        return DaemonFiles{text_of(*said, "state"), text_of(*said, "config"), true};
      }
    } else if (status.error().code != core::ErrorCode::kUnavailable) {
      return status.error();
    }
  }
  const auto surroundings = core::PathSurroundings::of_this_process();
  files.state = arguments.state_directory;
  if (files.state.empty()) {
    auto state = core::state_directory(surroundings);
    if (!state) return state.error();
    files.state = *state;
    const auto own = core::user_state_directory(surroundings);
    if (!has_history(files.state) && own && has_history(*own)) files.state = *own;
  }
  std::error_code failed;
  if (std::filesystem::exists(kInstalledConfig, failed)) files.config = kInstalledConfig;
  return files;
}

}  // namespace telltale::cli
