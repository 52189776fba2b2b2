// A file descriptor that closes itself, and the few calls that are used everywhere.
#pragma once

#include <utility>

#include "daemon/core/error.h"

namespace telltale::core {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// A non-blocking, close-on-exec eventfd(2).
[[nodiscard]] Result<Fd> make_eventfd();
// Makes an eventfd readable; from any thread, also from a signal handler.
void notify(const Fd& event) noexcept;
// Makes it unreadable again.
void clear(const Fd& event) noexcept;

// Names the calling thread (15 bytes), so that top and gdb show who it is.
void name_thread(const char* name) noexcept;

}  // namespace telltale::core
