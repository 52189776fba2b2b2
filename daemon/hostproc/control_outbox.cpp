#include "daemon/hostproc/control_outbox.h"

#include <poll.h>
#include <sys/socket.h>

#include <telltale/abi.h>

namespace telltale::hostproc {

namespace {

constexpr std::size_t kMaxWaiting = std::size_t{256} * 1024;

}  // namespace

void ControlOutbox::send(const host::ChildMessage& message) {
  const auto frame = host::encode(message);
  if (!frame) return;
  const core::MutexLock lock(mutex_);
  flush_locked();
  if (waiting_.size() + frame->size() > kMaxWaiting) {
    ++left_out_;
    return;
  }
  if (left_out_ > 0 && waiting_.empty()) {
    const auto note = host::encode(host::ChildMessage(host::LogMessage{
        TELLTALE_LOG_WARNING, std::to_string(left_out_) + " messages were left out: the daemon did not read them"}));
    if (note) waiting_.append(*note);
    left_out_ = 0;
  }
  waiting_.append(*frame);
  flush_locked();
}

bool ControlOutbox::pending() const {
  const core::MutexLock lock(mutex_);
  return !waiting_.empty();
}

void ControlOutbox::flush() {
  const core::MutexLock lock(mutex_);
  flush_locked();
}

void ControlOutbox::flush_locked() {
  while (!waiting_.empty()) {
    const auto sent = ::send(socket_, waiting_.data(), waiting_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) return;
    waiting_.erase(0, static_cast<std::size_t>(sent));
  }
}

void ControlOutbox::flush_for(int milliseconds) {
  flush();
  while (pending()) {
    pollfd descriptor{socket_, POLLOUT, 0};
    if (::poll(&descriptor, 1, milliseconds) <= 0) return;
    if ((descriptor.revents & (POLLERR | POLLHUP)) != 0) return;
    flush();
  }
}

}  // namespace telltale::hostproc
