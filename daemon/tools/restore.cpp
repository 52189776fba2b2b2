#include "daemon/tools/restore.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/store/copy_builder.h"
#include "daemon/store/copy_reader.h"
#include "daemon/store/files.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/verify.h"
#include "daemon/tools/fresh_file.h"

namespace telltale::tools {

namespace {

std::string stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &utc);
  return text.data();
}

bool there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// To whom the directory belongs: the daemon must be able to read what root restored.
core::Result<void> give_like(const std::string& path, const std::string& model) {
  struct stat status {};
  if (::stat(model.c_str(), &status) != 0) return core::errno_error(errno, "look at", model);
  if (::lchown(path.c_str(), status.st_uid, status.st_gid) != 0 && errno != EPERM) {
    return core::errno_error(errno, "give to its owner", path);
  }
  return {};
}

core::Result<std::uint64_t> check(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return core::errno_error(errno, "open", file);
  auto report = store::verify_file(file);
  if (!report) return report.error().in(file);
  if (report->schema == 0) return core::make_error(core::ErrorCode::kInvalid, "it is no backup of Telltale", file);
  if (!report->findings.empty()) {
    return core::make_error(core::ErrorCode::kCorrupt,
                            "it is damaged (" + report->findings.front().what + "); `telltale backup OTHER --from " +
                                file + "` saves what can be read of it",
                            file);
  }
  return report->readings;
}

core::Result<core::Fd> lock(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return core::make_error(core::ErrorCode::kIo, "cannot be made: " + error.message(), directory);
  const std::string path = directory + "/lock";
  core::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return core::make_error(core::ErrorCode::kConflict,
                            "a daemon uses this directory: stop it first (systemctl stop telltaled)", directory);
  }
  if (auto given = give_like(path, directory); !given) return given.error();
  return fd;
}

class Restoration {
 public:
  explicit Restoration(const RestoreOrder& order)
      : order_(order), database_(store::database_path(order.state_directory)) {}

  core::Result<RestoreReport> run() {
    auto readings = check(order_.file);
    if (!readings) return readings.error();
    report_.readings = *readings;
    auto files = store::carried_files(order_.file);
    if (!files) return files.error();
    auto locked = lock(order_.state_directory);
    if (!locked) return locked.error();
    auto done = history();
    for (const store::CarriedFile& file : *files) {
      if (done) done = carried(file);
    }
    if (!done) return done.error();
    return std::move(report_);
  }

 private:
  core::Result<void> copy(const std::string& to) {
    auto source = store::CopyReader::open(order_.file, "");
    if (!source) return source.error();
    auto builder = store::CopyBuilder::create(to);
    if (!builder) return builder.error();
    for (;;) {
      auto piece = (*source)->next();
      if (!piece) return piece.error();
      if (piece->empty()) break;
      if (auto taken = builder->take(*piece); !taken) return taken;
    }
    // Another history from now on: the journal of the one before must not be counted into it.
    return builder->finish(true);
  }

  // Everything that was committed goes into the file itself, so that it can be moved alone. A damaged one cannot.
  void settle_old() {
    if (!there(database_)) return;
    auto old = store::Database::open(database_, store::Database::Access::kReadWrite, "");
    if (old) (void)old->checkpoint(true);
  }

  core::Result<void> history() {
    auto fresh = FreshFile::at(database_, FreshFile::Existing::kReplace);
    if (!fresh) return fresh.error();
    if (auto copied = copy(fresh->temporary()); !copied) return copied;
    if (::chmod(fresh->temporary().c_str(), 0640) != 0) return core::errno_error(errno, "chmod", fresh->temporary());
    if (auto given = give_like(fresh->temporary(), order_.state_directory); !given) return given;
    settle_old();
    // The log before its database: a log must never lie beside a database that it is not of.
    for (const char* suffix : {"-wal", "-shm", ""}) {
      if (auto moved = set_aside(database_ + suffix); !moved) return moved;
    }
    if (auto kept = fresh->keep(); !kept) return kept;
    report_.restored.push_back(database_);
    return {};
  }

  core::Result<void> set_aside(const std::string& path) {
    if (!there(path)) return {};
    if (report_.aside.empty()) {
      const std::string base = order_.state_directory + "/before-restore-" + stamp();
      std::string name = base;
      for (int n = 2; there(name); ++n) name = base + "-" + std::to_string(n);
      if (::mkdir(name.c_str(), 0750) != 0) return core::errno_error(errno, "mkdir", name);
      if (auto given = give_like(name, order_.state_directory); !given) return given;
      report_.aside = name;
    }
    const std::string to = report_.aside + path.substr(path.rfind('/'));
    if (::rename(path.c_str(), to.c_str()) != 0) return core::errno_error(errno, "move", path);
    return sync_directory(report_.aside);
  }

  core::Result<void> put(const std::string& path, const store::CarriedFile& file, const std::string& like) {
    auto fresh = FreshFile::at(path, FreshFile::Existing::kReplace);
    if (!fresh) return fresh.error();
    auto done = fresh->create(file.mode);
    if (done) done = fresh->write(file.data);
    if (done) done = give_like(fresh->temporary(), like);
    if (done) done = fresh->keep();
    if (done) report_.restored.push_back(path);
    return done;
  }

  core::Result<void> carried(const store::CarriedFile& file) {
    if (file.name == "accounts.json") {
      const std::string path = order_.state_directory + "/accounts.json";
      if (auto moved = set_aside(path); !moved) return moved;
      return put(path, file, order_.state_directory);
    }
    const bool dashboard = file.name.starts_with("dashboards/") && file.name.find('/', 11) == std::string::npos &&
                           file.name.ends_with(".yaml");
    // The names of a file that somebody made: nothing else is ever written.
    if (!dashboard && file.name != "telltale.yaml" && file.name != "secrets.yaml") {
      report_.left.push_back(file.name);
      return {};
    }
    return config_file(file, dashboard);
  }

  core::Result<void> config_file(const store::CarriedFile& file, bool dashboard) {
    const std::string directory = directory_of(order_.config);
    const std::string path = file.name == "telltale.yaml" ? order_.config : directory + "/" + file.name;
    if (order_.choice == ConfigChoice::kLeave || (order_.choice == ConfigChoice::kIfNone && there(path))) {
      auto same = read_small_file(path, file.data.size() + 1);
      if (!same || *same != file.data) report_.left.push_back(file.name);
      return {};
    }
    std::error_code error;
    std::filesystem::create_directories(directory_of(path), error);
    if (error) return core::make_error(core::ErrorCode::kIo, "cannot be made: " + error.message(), directory_of(path));
    if (there(path)) {
      const std::string aside = path + ".before-restore-" + stamp();
      if (::rename(path.c_str(), aside.c_str()) != 0) return core::errno_error(errno, "move", path);
    }
    return put(path, file, dashboard ? directory_of(path) : directory);
  }

  const RestoreOrder& order_;
  const std::string database_;
  RestoreReport report_;
};

}  // namespace

core::Result<RestoreReport> restore_backup(const RestoreOrder& order) { return Restoration(order).run(); }

}  // namespace telltale::tools
