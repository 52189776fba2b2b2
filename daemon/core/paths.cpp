#include "daemon/core/paths.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace telltale::core {
namespace {

constexpr mode_t kSharedMode = 0750;   // the group of the service may use the socket
constexpr mode_t kPrivateMode = 0700;  // under /tmp: nobody else

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  // The XDG rules say that a relative path is to be ignored.
  return value != nullptr && value[0] == '/' ? value : "";
}

bool writable_directory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) && ::access(path.c_str(), W_OK | X_OK) == 0;
}

bool system_run_is_ours(const PathSurroundings& surroundings) {
  return surroundings.user == 0 || writable_directory(surroundings.system_run);
}

std::string temporary_run(const PathSurroundings& surroundings) {
  return surroundings.temporary + "/telltale-" + std::to_string(surroundings.user);
}

// Anybody may have made a directory of that name under /tmp.
Result<void> check_private(const std::string& path, uid_t user) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return errno_error(errno, "lstat", path);
  if (!S_ISDIR(status.st_mode)) return make_error(ErrorCode::kDenied, "is not a directory; remove it", path);
  if (status.st_uid != user || (status.st_mode & 077) != 0) {
    return make_error(ErrorCode::kDenied,
                      "is not private to this user (mode 0700); remove it, or name another with --run", path);
  }
  return {};
}

Result<std::string> make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return errno_error(errno, "mkdir", path);
  return path;
}

}  // namespace

PathSurroundings PathSurroundings::of_this_process() {
  PathSurroundings surroundings;
  surroundings.user = ::geteuid();
  surroundings.runtime_directory = from_environment("XDG_RUNTIME_DIR");
  surroundings.data_directory = from_environment("XDG_DATA_HOME");
  if (surroundings.data_directory.empty()) {
    const std::string home = from_environment("HOME");
    if (!home.empty()) surroundings.data_directory = home + "/.local/share";
  }
  return surroundings;
}

Result<std::string> make_run_directory(const PathSurroundings& surroundings) {
  if (system_run_is_ours(surroundings)) return make_directory(surroundings.system_run, kSharedMode);
  if (writable_directory(surroundings.runtime_directory))
    return make_directory(surroundings.runtime_directory + "/telltale", kSharedMode);
  const std::string path = temporary_run(surroundings);
  Result<std::string> made = make_directory(path, kPrivateMode);
  if (!made) return made;
  if (Result<void> safe = check_private(path, surroundings.user); !safe) return safe.error();
  return path;
}

std::vector<std::string> run_directory_candidates(const PathSurroundings& surroundings) {
  std::vector<std::string> candidates{surroundings.system_run};
  if (!surroundings.runtime_directory.empty()) candidates.push_back(surroundings.runtime_directory + "/telltale");
  std::string temporary = temporary_run(surroundings);
  if (check_private(temporary, surroundings.user)) candidates.push_back(std::move(temporary));
  return candidates;
}

Result<std::string> state_directory(const PathSurroundings& surroundings) {
  if (surroundings.user == 0 || writable_directory(surroundings.system_state)) return surroundings.system_state;
  return user_state_directory(surroundings);
}

Result<std::string> user_state_directory(const PathSurroundings& surroundings) {
  if (surroundings.data_directory.empty()) {
    return make_error(ErrorCode::kUnavailable,
                      "this user has no home directory; say where to keep the state with --state");
  }
  return surroundings.data_directory + "/telltale";
}

std::string api_socket_path(const std::string& run_directory) { return run_directory + "/api.sock"; }

}  // namespace telltale::core
