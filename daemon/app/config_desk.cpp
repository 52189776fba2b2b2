#include "daemon/app/config_desk.h"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::app {

namespace {

constexpr int kKept = 9;
constexpr std::size_t kMaxBytes = 1 << 20;

std::string version_of(const std::string& text) {
  // FNV-1a, 64 bits: tells two texts of one file apart, no more.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

core::Result<void> write_all(const core::Fd& fd, const std::string& text, const std::string& path) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return core::errno_error(errno, "write", path);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fsync(fd.get()) != 0) return core::errno_error(errno, "write", path);
  return {};
}

// A new file with the owner and the mode of the one it will replace, on the disk when this returns.
core::Result<void> write_beside(const std::string& path, const std::string& text, const std::string& model) {
  struct stat status {};
  if (::stat(model.c_str(), &status) != 0) return core::errno_error(errno, "look at", model);
  ::unlink(path.c_str());
  const core::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return core::errno_error(errno, "write", path);
  if (::fchown(fd.get(), status.st_uid, status.st_gid) != 0 && errno != EPERM) {
    return core::errno_error(errno, "give to its owner", path);
  }
  if (::fchmod(fd.get(), status.st_mode & 07777) != 0) return core::errno_error(errno, "set the mode of", path);
  return write_all(fd, text, path);
}

// A rename is on the disk once its directory is.
void sync_directory(const std::string& file) {
  const auto slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const core::Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

}  // namespace

core::Result<core::ConfigText> ConfigDesk::read() {
  auto source = config::read_source(file_);
  if (!source) return source.error();
  const std::string version = version_of(source->text);
  return core::ConfigText{file_, std::move(source->text), version};
}

core::Result<std::string> ConfigDesk::replace(const std::string& text) {
  const std::string fresh = file_ + ".new";
  if (auto written = write_beside(fresh, text, file_); !written) {
    ::unlink(fresh.c_str());
    return written.error();
  }
  const auto kept = [this](int number) { return fmt::format("{}.{}", file_, number); };
  for (int number = kKept; number > 1; --number) std::rename(kept(number - 1).c_str(), kept(number).c_str());
  ::unlink(kept(1).c_str());
  // A second name for what stands there: at no moment is there no configuration.
  if (::link(file_.c_str(), kept(1).c_str()) != 0 || std::rename(fresh.c_str(), file_.c_str()) != 0) {
    const int failure = errno;
    ::unlink(fresh.c_str());
    return core::errno_error(failure, "replace", file_);
  }
  sync_directory(file_);
  return kept(1);
}

core::Result<ConfigDesk::Prepared> ConfigDesk::prepare(const core::ConfigChange& change) {
  const std::lock_guard lock(mutex_);
  if (change.text.size() > kMaxBytes) {
    return core::make_error(core::ErrorCode::kLimit, "is larger than 1 MiB", "the configuration");
  }
  auto present = read();
  if (!present) return present.error();
  if (!change.expected_version.empty() && change.expected_version != present->version) {
    return core::make_error(core::ErrorCode::kConflict,
                            "somebody changed the file in the meantime: read it again and make the change there",
                            file_);
  }
  config::Outcome loaded = config::load({file_, change.text}, config::SecretSources::of_process(file_), plugins_);
  Prepared prepared;
  prepared.outcome.diagnostics = std::move(loaded.diagnostics);
  prepared.outcome.report = std::move(loaded.report);
  prepared.outcome.version = present->version;
  if (!loaded.config || change.only_check) return prepared;
  prepared.config = std::move(*loaded.config);
  if (change.text != present->text) {
    auto kept = replace(change.text);
    if (!kept) return kept.error();
    prepared.outcome.kept = std::move(*kept);
    prepared.outcome.version = version_of(change.text);
  }
  prepared.outcome.applied = true;
  return prepared;
}

void ConfigDesk::change(core::ConfigChange change, Done done) {
  try {
    auto prepared = prepare(change);
    if (!prepared) return done(prepared.error());
    if (!prepared->outcome.applied) return done(std::move(prepared->outcome));
    auto waiting = std::make_shared<Prepared>(std::move(*prepared));
    post_([this, waiting, done] {
      auto restart_needed = apply_(std::move(waiting->config));
      if (!restart_needed) return done(restart_needed.error());
      waiting->outcome.restart_needed = *restart_needed;
      done(std::move(waiting->outcome));
    });
  } catch (const std::exception& failure) {
    done(core::make_error(core::ErrorCode::kInternal, failure.what(), "the configuration"));
  }
}

}  // namespace telltale::app
