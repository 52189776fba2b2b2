#include "plugins/mqtt/session/outbox.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace telltale::mqtt {

Outbox::Outbox(std::vector<Filter> filters)
    : event_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), filters_(std::move(filters)) {
  if (event_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Outbox::~Outbox() { ::close(event_fd_); }

void Outbox::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(event_fd_, &one, sizeof one);  // fails only when it is readable already
}

void Outbox::clear() const {
  std::uint64_t count = 0;
  (void)!::read(event_fd_, &count, sizeof count);
}

bool Outbox::subscribe(std::string topic, int qos) {
  {
    const std::lock_guard lock(mutex_);
    const auto known =
        std::find_if(filters_.begin(), filters_.end(), [&](const Filter& filter) { return filter.topic == topic; });
    if (known != filters_.end()) return true;
    if (filters_.size() >= kMaxFilters) return false;
    filters_.push_back({std::move(topic), qos});
  }
  wake();
  return true;
}

bool Outbox::publish(Outgoing message) {
  {
    const std::lock_guard lock(mutex_);
    if (outgoing_.size() >= kMaxOutgoing) return false;
    outgoing_.push_back(std::move(message));
  }
  wake();
  return true;
}

std::vector<Filter> Outbox::filters(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  if (from >= filters_.size()) return {};
  return {filters_.begin() + static_cast<std::ptrdiff_t>(from), filters_.end()};
}

std::vector<Outgoing> Outbox::take_outgoing() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outgoing_, {});
}

void Outbox::drop_outgoing() {
  const std::lock_guard lock(mutex_);
  outgoing_.clear();
}

}  // namespace telltale::mqtt
