#include "daemon/store/spare.h"

#include <system_error>

#include <fcntl.h>
#include <sys/statvfs.h>

#include "daemon/core/fd.h"

namespace telltale::store {

bool Spare::has_room(std::uint64_t bytes) const {
  struct statvfs disk {};
  if (::statvfs(directory_.c_str(), &disk) != 0) return false;
  return static_cast<std::uint64_t>(disk.f_bavail) >= bytes / disk.f_frsize;
}

bool Spare::hold(std::uint64_t bytes) {
  std::error_code none;
  if (std::filesystem::file_size(path_, none) >= bytes && !none) return true;
  if (!has_room(2 * bytes)) return false;
  const core::Fd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  // Not posix_fallocate(), which would write zeros where the file system cannot.
  if (file.valid() && ::fallocate(file.get(), 0, 0, static_cast<off_t>(bytes)) == 0) return true;
  let_go();
  return false;
}

void Spare::let_go() {
  std::error_code none;
  std::filesystem::remove(path_, none);
}

}  // namespace telltale::store
