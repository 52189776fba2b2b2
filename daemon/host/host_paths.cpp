#include "daemon/host/host_paths.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace telltale::host {

namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "telltale-plugin-host";
constexpr const char* kInstalled = "/usr/lib/telltale";
constexpr const char* kLocalPlugins = "/usr/local/lib/telltale/plugins";  // what a user built and installed

fs::path own_directory() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path() : program.parent_path();
}

void add(std::vector<std::string>& directories, const fs::path& directory) {
  std::error_code failed;
  const fs::path real = fs::canonical(directory, failed);
  if (failed || !fs::is_directory(real, failed)) return;
  if (std::find(directories.begin(), directories.end(), real.native()) != directories.end()) return;
  directories.push_back(real.native());
}

}  // namespace

std::vector<std::string> plugin_directories(const std::vector<std::string>& given) {
  std::vector<std::string> directories;
  for (const std::string& directory : given) add(directories, directory);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes our environment
  const char* path = std::getenv("TELLTALE_PLUGIN_PATH");
  for (std::string_view rest = path != nullptr ? path : ""; !rest.empty();) {
    const auto colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) add(directories, fs::path(rest.substr(0, colon)));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  if (const fs::path own = own_directory(); !own.empty()) add(directories, own / "../lib/telltale/plugins");
  add(directories, kLocalPlugins);
  add(directories, fs::path(kInstalled) / "plugins");
  return directories;
}

core::Result<std::string> find_plugin_host() { return find_own_program(kProgram); }

core::Result<std::string> find_own_program(const std::string& name) {
  const fs::path own = own_directory();
  const fs::path beside = own / name;
  const fs::path installed = (own / "../lib/telltale" / name).lexically_normal();
  const fs::path packaged = fs::path(kInstalled) / name;
  for (const fs::path& candidate : {beside, installed, packaged}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate.native();
  }
  return core::make_error(core::ErrorCode::kNotFound, name + " is neither " + beside.native() + " nor " +
                                                          installed.native() + " nor " + packaged.native());
}

}  // namespace telltale::host
