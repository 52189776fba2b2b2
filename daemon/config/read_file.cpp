#include "daemon/config/read_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::config {

namespace {

core::Result<std::string> read(const std::string& path, std::size_t limit, bool private_only) {
  // Non-blocking, so that a FIFO in the file's place cannot hold us up.
  const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return core::errno_error(errno, "stat", path);
  if (!S_ISREG(status.st_mode)) return core::make_error(core::ErrorCode::kInvalid, "is not a file", path);
  if (private_only && (status.st_mode & 077U) != 0) {
    return core::make_error(core::ErrorCode::kDenied, "may be read by others; run: chmod 600 " + path, path);
  }
  std::string text;
  for (;;) {
    const std::size_t have = text.size();
    if (have > limit) {
      return core::make_error(core::ErrorCode::kLimit, "is larger than " + std::to_string(limit) + " bytes", path);
    }
    text.resize(have + 65'536);
    const ssize_t got = ::read(fd.get(), text.data() + have, 65'536);
    if (got < 0 && errno != EINTR) return core::errno_error(errno, "read", path);
    text.resize(have + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) return text;
  }
}

}  // namespace

core::Result<std::string> read_file(const std::string& path, std::size_t limit) { return read(path, limit, false); }

core::Result<std::string> read_private_file(const std::string& path, std::size_t limit) {
  return read(path, limit, true);
}

}  // namespace telltale::config
