#include "daemon/core/fd.h"

#include <cerrno>
#include <cstdint>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace telltale::core {

void Fd::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<Fd> make_eventfd() {
  Fd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd.valid()) return errno_error(errno, "eventfd");
  return fd;
}

void notify(const Fd& event) noexcept {
  const std::uint64_t one = 1;
  // Fails only when the counter is at its top: readable all the same.
  [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);
}

void clear(const Fd& event) noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event.get(), &count, sizeof count);
}

void name_thread(const char* name) noexcept { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace telltale::core
