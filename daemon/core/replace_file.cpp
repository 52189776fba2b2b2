#include "daemon/core/replace_file.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::core {

namespace {

constexpr int kKept = 9;

Result<void> write_all(const Fd& fd, const std::string& text, const std::string& path) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno_error(errno, "write", path);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fsync(fd.get()) != 0) return errno_error(errno, "write", path);
  return {};
}

Fd create(const std::string& path) {
  ::unlink(path.c_str());
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

std::string version_of(const std::string& text) {
  // FNV-1a, 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

Result<void> write_like(const std::string& path, const std::string& text, const std::string& model) {
  struct stat status {};
  if (::stat(model.c_str(), &status) != 0) return errno_error(errno, "look at", model);
  const Fd fd = create(path);
  if (!fd.valid()) return errno_error(errno, "write", path);
  if (::fchown(fd.get(), status.st_uid, status.st_gid) != 0 && errno != EPERM) {
    return errno_error(errno, "give to its owner", path);
  }
  if (::fchmod(fd.get(), status.st_mode & 07777) != 0) return errno_error(errno, "set the mode of", path);
  return write_all(fd, text, path);
}

Result<void> write_new(const std::string& path, const std::string& text, mode_t mode) {
  const Fd fd = create(path);
  if (!fd.valid()) return errno_error(errno, "write", path);
  if (::fchmod(fd.get(), mode) != 0) return errno_error(errno, "set the mode of", path);
  return write_all(fd, text, path);
}

Result<std::string> replace_keeping(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  if (auto written = write_like(fresh, text, path); !written) {
    ::unlink(fresh.c_str());
    return written.error();
  }
  const auto kept = [&path](int number) { return fmt::format("{}.{}", path, number); };
  for (int number = kKept; number > 1; --number) std::rename(kept(number - 1).c_str(), kept(number).c_str());
  ::unlink(kept(1).c_str());
  // A second name for what stands there: at no moment is there no file.
  if (::link(path.c_str(), kept(1).c_str()) != 0 || std::rename(fresh.c_str(), path.c_str()) != 0) {
    const int failure = errno;
    ::unlink(fresh.c_str());
    return errno_error(failure, "replace", path);
  }
  sync_directory_of(path);
  return kept(1);
}

void sync_directory_of(const std::string& file) {
  const auto slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

}  // namespace telltale::core
