#include "daemon/store/way_back.h"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/store/files.h"
#include "daemon/store/schema.h"

namespace telltale::store {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRoomToGoOn = 64'000'000;  // that an update must leave on the disk

core::Result<void> sync(const fs::path& path) {
  const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return core::errno_error(errno, "sync", path.string());
  return {};
}

core::Result<void> copy(Database& database, const fs::path& directory) {
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (failed) return core::errno_error(failed.value(), "make", directory.string());
  const fs::path fresh = directory / "history.new";
  fs::remove(fresh, failed);
  auto statement = database.prepare("VACUUM INTO ?");
  if (!statement) return statement.error();
  const std::string name = fresh.string();
  statement->bind(1, std::string_view(name));
  if (auto done = statement->run(); !done) return done;
  if (auto synced = sync(fresh); !synced) return synced;
  fs::rename(fresh, database_path(directory), failed);
  if (failed) return core::errno_error(failed.value(), "name", name);
  return sync(directory);
}

}  // namespace

std::string keep_way_back(Database& database, const fs::path& state_dir) {
  const auto version = known_version(database);
  const auto tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!version || !tables || *tables == 0 || *version == kSchemaVersion) return {};
  const std::string what = fmt::format("the history is brought from schema {} to {}", *version, kSchemaVersion);
  std::error_code failed;
  const std::uint64_t bytes = fs::file_size(database_path(state_dir), failed);
  const fs::space_info room = fs::space(state_dir, failed);
  if (failed || room.available < bytes + kRoomToGoOn) {
    return what + "; there is no room for a copy of what it was, so there is no way back to the version before";
  }
  const fs::path directory = state_dir / fmt::format("{}{}", kWayBackPrefix, *version);
  if (auto made = copy(database, directory); !made) {
    fs::remove_all(directory, failed);
    return what + "; it could not be copied before: " + made.error().text();
  }
  return what + "; as it was it lies in " + directory.string() + " for thirty days";
}

std::string drop_old_ways_back(const fs::path& state_dir, const core::Clock& clock) {
  if (!clock.synchronised()) return {};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.wall_now().time_since_epoch());
  std::error_code failed;
  for (std::int64_t version = 1; version < kSchemaVersion; ++version) {
    const fs::path directory = state_dir / fmt::format("{}{}", kWayBackPrefix, version);
    struct stat status {};
    if (::stat(database_path(directory).c_str(), &status) != 0) continue;
    if (std::chrono::seconds(status.st_mtim.tv_sec) + kWayBackLasts > now) continue;
    fs::remove_all(directory, failed);
    if (!failed) return directory.string() + ", the copy of before an update, is older than thirty days: removed";
  }
  return {};
}

}  // namespace telltale::store
