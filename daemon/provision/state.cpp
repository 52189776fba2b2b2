#include "daemon/provision/state.h"

#include <cerrno>
#include <cstdio>
#include <stdexcept>

#include <boost/json.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/read_file.h"
#include "daemon/core/replace_file.h"

namespace telltale::provision {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostState = std::size_t{64} << 10U;
constexpr int kVersion = 1;

// Each throws when it is not there, or of another type.
std::string text_in(const json::object& object, const char* name) {
  return json::value_to<std::string>(object.at(name));
}
std::uint64_t number_in(const json::object& object, const char* name) {
  return object.at(name).to_number<std::uint64_t>();
}

State from_json(const json::object& object) {
  State state;
  if (number_in(object, "version") != kVersion) throw std::invalid_argument("is of a later version");
  state.serial = number_in(object, "serial");
  state.digest = text_in(object, "digest");
  state.taken = text_in(object, "taken");
  state.restart_needed = object.at("restart_needed").as_bool();
  if (const json::value* failed = object.if_contains("failed"); failed != nullptr && !failed->is_null()) {
    const json::object& item = failed->as_object();
    state.failed =
        State::Failed{number_in(item, "serial"), text_in(item, "digest"), text_in(item, "when"), text_in(item, "why")};
  }
  if (const json::value* trying = object.if_contains("trying"); trying != nullptr && !trying->is_null()) {
    state.trying = State::Trying{number_in(trying->as_object(), "serial"), number_in(trying->as_object(), "times")};
  }
  state.etag = text_in(object, "etag");
  state.etag_of = text_in(object, "etag_of");
  state.outcome = text_in(object, "outcome");
  state.since = text_in(object, "since");
  return state;
}

}  // namespace

std::string state_path(const std::string& directory) { return directory + "/provision.json"; }

std::string state_json(const State& state) {
  json::object object{{"version", kVersion},
                      {"serial", state.serial},
                      {"digest", state.digest},
                      {"taken", state.taken},
                      {"restart_needed", state.restart_needed},
                      {"failed", nullptr},
                      {"trying", nullptr},
                      {"etag", state.etag},
                      {"etag_of", state.etag_of},
                      {"outcome", state.outcome},
                      {"since", state.since}};
  if (state.failed) {
    object["failed"] = json::object{{"serial", state.failed->serial},
                                    {"digest", state.failed->digest},
                                    {"when", state.failed->when},
                                    {"why", state.failed->why}};
  }
  if (state.trying) object["trying"] = json::object{{"serial", state.trying->serial}, {"times", state.trying->times}};
  return json::serialize(object);
}

core::Result<State> load_state(const std::string& directory) {
  const std::string path = state_path(directory);
  const auto text = config::read_file(path, kMostState);
  if (!text && text.error().code == core::ErrorCode::kNotFound) return State{};
  if (!text) return text.error();
  try {
    return from_json(json::parse(*text).as_object());
  } catch (const std::exception& failure) {
    return core::make_error(
        core::ErrorCode::kCorrupt,
        std::string("is not what was written (") + failure.what() +
            "): nothing is taken until it is removed; then the configuration in place says which serial was the last",
        path);
  }
}

core::Result<void> save_state(const std::string& directory, const State& state) {
  const std::string path = state_path(directory);
  const std::string fresh = path + ".new";
  if (auto written = core::write_new(fresh, state_json(state) + '\n', 0640); !written) return written.error();
  if (auto given = give_to_owner_of_directory(fresh); !given) return given.error();
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    const int failure = errno;
    ::unlink(fresh.c_str());
    return core::errno_error(failure, "replace", path);
  }
  core::sync_directory_of(path);
  return {};
}

core::Result<void> give_to_owner_of_directory(const std::string& path) {
  if (::geteuid() != 0) return {};
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return core::errno_error(errno, "look at", directory);
  if (::lchown(path.c_str(), status.st_uid, status.st_gid) == 0 || errno == EPERM) return {};
  return core::errno_error(errno, "give to its owner", path);
}

core::Result<core::Fd> lock_state(const std::string& directory) {
  const std::string path = directory + "/provision.lock";
  core::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  if (auto given = give_to_owner_of_directory(path); !given) return given.error();
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return core::errno_error(errno, "lock", path);
    return core::make_error(core::ErrorCode::kConflict, "another round goes on just now", path);
  }
  return fd;
}

}  // namespace telltale::provision
