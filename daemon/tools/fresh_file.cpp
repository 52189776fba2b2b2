#include "daemon/tools/fresh_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telltale::tools {

namespace {

core::Error exists(const std::string& path) {
  return core::make_error(core::ErrorCode::kConflict, "it exists already; --force replaces it", path);
}

}  // namespace

core::Result<FreshFile> FreshFile::at(const std::string& path, Existing existing) {
  struct stat status {};
  const bool there = ::lstat(path.c_str(), &status) == 0;
  if (there && existing == Existing::kRefuse) return exists(path);
  if (there && !S_ISREG(status.st_mode)) {
    return core::make_error(core::ErrorCode::kConflict, "it is not a file, and is not replaced", path);
  }
  const auto slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty()) return core::make_error(core::ErrorCode::kInvalid, "this is no name of a file", path);
  const std::string temporary = directory_of(path) + "/." + name + ".part-" + std::to_string(::getpid());
  ::unlink(temporary.c_str());  // of a process of that number that died
  return FreshFile(path, temporary, existing);
}

FreshFile::FreshFile(FreshFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      existing_(other.existing_),
      file_(std::move(other.file_)) {}

FreshFile::~FreshFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

core::Result<void> FreshFile::create(mode_t mode) {
  file_.reset(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file_.valid()) return core::errno_error(errno, "open", temporary_);
  return {};
}

core::Result<void> FreshFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file_.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return core::errno_error(errno, "write", temporary_);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

core::Result<void> FreshFile::keep() {
  if (!file_.valid()) file_.reset(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file_.valid() || ::fsync(file_.get()) != 0) return core::errno_error(errno, "sync", temporary_);
  const unsigned flags = existing_ == Existing::kRefuse ? RENAME_NOREPLACE : 0;
  int done = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags);
  if (done != 0 && errno == EINVAL && flags != 0) {  // a file system without that flag
    done = ::link(temporary_.c_str(), path_.c_str());
    if (done == 0) ::unlink(temporary_.c_str());
    if (done != 0 && (errno == EPERM || errno == EOPNOTSUPP)) {
      if (::access(path_.c_str(), F_OK) == 0) return exists(path_);
      done = ::rename(temporary_.c_str(), path_.c_str());
    }
  }
  if (done != 0) return errno == EEXIST ? exists(path_) : core::errno_error(errno, "rename", path_);
  temporary_.clear();
  return sync_directory(directory_of(path_));
}

core::Result<void> sync_directory(const std::string& directory) {
  const core::Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a directory, and say EINVAL.
  if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL)) return core::errno_error(errno, "sync", directory);
  return {};
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

core::Result<std::string> read_small_file(const std::string& path, std::size_t most) {
  const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  std::string text;
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t got = ::read(fd.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return core::errno_error(errno, "read", path);
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > most) return core::make_error(core::ErrorCode::kLimit, "it is too large for what it is", path);
  }
}

}  // namespace telltale::tools
