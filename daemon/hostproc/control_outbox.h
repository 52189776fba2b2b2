// What the child has to tell the daemon, on its way into the socket. A line is handed to the kernel by the thread
// that says it, so that the last words before a crash arrive; what the socket does not take at once waits here, at
// most 256 KiB, and goes out from the control thread. Beyond that lines are left out and counted: a plugin never
// waits for the daemon. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/core/mutex.h"
#include "daemon/host/control_message.h"

namespace telltale::hostproc {

class ControlOutbox {
 public:
  explicit ControlOutbox(int socket) : socket_(socket) {}
  ControlOutbox(const ControlOutbox&) = delete;
  ControlOutbox& operator=(const ControlOutbox&) = delete;
  ~ControlOutbox() = default;

  void send(const host::ChildMessage& message);
  // Something waits for the socket to become writable.
  [[nodiscard]] bool pending() const;
  void flush();
  // Waits until everything is gone, at most `milliseconds`.
  void flush_for(int milliseconds);

 private:
  void flush_locked() TELLTALE_REQUIRES(mutex_);

  const int socket_;
  mutable core::Mutex mutex_;
  std::string waiting_ TELLTALE_GUARDED_BY(mutex_);
  std::uint64_t left_out_ TELLTALE_GUARDED_BY(mutex_) = 0;
};

}  // namespace telltale::hostproc
