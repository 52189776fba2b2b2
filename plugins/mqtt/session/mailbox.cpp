#include "plugins/mqtt/session/mailbox.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace telltale::mqtt {

Mailbox::Mailbox() : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Mailbox::~Mailbox() { ::close(event_fd_); }

void Mailbox::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(event_fd_, &one, sizeof one);  // fails only when it is readable already
}

void Mailbox::put_outcome(Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
  }
  wake();
}

void Mailbox::put_lost() {
  {
    const std::lock_guard lock(mutex_);
    lost_ = true;
  }
  wake();
}

std::optional<Outcome> Mailbox::take_outcome() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outcome_, std::nullopt);
}

bool Mailbox::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

Mailbox::Woken Mailbox::wait(int stop_fd, int other_fd, std::chrono::milliseconds patience) {
  pollfd descriptors[3] = {{stop_fd, POLLIN, 0}, {event_fd_, POLLIN, 0}, {other_fd, POLLIN, 0}};
  const auto limit = std::clamp<long long>(patience.count(), 0, 3'600'000);
  const int ready = ::poll(descriptors, 3, static_cast<int>(limit));
  if (ready < 0) return errno == EINTR ? Woken::kMail : Woken::kStop;
  if (ready == 0) return Woken::kTimeout;
  if (descriptors[0].revents != 0) return Woken::kStop;
  if (descriptors[1].revents == 0) return Woken::kOther;
  std::uint64_t count = 0;
  (void)!::read(event_fd_, &count, sizeof count);
  return Woken::kMail;
}

}  // namespace telltale::mqtt
