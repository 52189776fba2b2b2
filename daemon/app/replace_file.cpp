#include "daemon/app/replace_file.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::app {

namespace {

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

core::Fd create(const std::string& path) {
  ::unlink(path.c_str());
  return core::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

std::string version_of(const std::string& text) {
  // FNV-1a, 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

core::Result<void> write_like(const std::string& path, const std::string& text, const std::string& model) {
  struct stat status {};
  if (::stat(model.c_str(), &status) != 0) return core::errno_error(errno, "look at", model);
  const core::Fd fd = create(path);
  if (!fd.valid()) return core::errno_error(errno, "write", path);
  if (::fchown(fd.get(), status.st_uid, status.st_gid) != 0 && errno != EPERM) {
    return core::errno_error(errno, "give to its owner", path);
  }
  if (::fchmod(fd.get(), status.st_mode & 07777) != 0) return core::errno_error(errno, "set the mode of", path);
  return write_all(fd, text, path);
}

core::Result<void> write_new(const std::string& path, const std::string& text, mode_t mode) {
  const core::Fd fd = create(path);
  if (!fd.valid()) return core::errno_error(errno, "write", path);
  if (::fchmod(fd.get(), mode) != 0) return core::errno_error(errno, "set the mode of", path);
  return write_all(fd, text, path);
}

void sync_directory_of(const std::string& file) {
  const auto slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const core::Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

}  // namespace telltale::app
