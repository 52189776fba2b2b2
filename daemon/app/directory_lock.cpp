#include "daemon/app/directory_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace telltale::app {

core::Result<core::Fd> lock_directory(const std::string& directory) {
  const std::string path = directory + "/lock";
  core::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file.valid()) return core::errno_error(errno, "open", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return core::errno_error(errno, "lock", path);
  return core::make_error(core::ErrorCode::kConflict,
                          "another telltaled works in this directory; stop it, or give this one a --state and a --run "
                          "of its own",
                          directory);
}

}  // namespace telltale::app
