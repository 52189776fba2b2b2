#include "daemon/pipeline/request_queue.h"

namespace telltale::pipeline {

bool RequestQueue::push(Request request, std::size_t readings) {
  {
    const core::MutexLock lock(mutex_);
    if (closed_ || requests_.size() >= kMaxRequests || readings_ + readings > kMaxReadings) {
      ++refused_;
      return false;
    }
    requests_.push_back(std::move(request));
    readings_ += readings;
  }
  core::notify(wake_);
  return true;
}

void RequestQueue::push_always(Request request) {
  {
    const core::MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
  }
  core::notify(wake_);
}

std::vector<RequestQueue::Request> RequestQueue::take() {
  core::clear(wake_);
  const core::MutexLock lock(mutex_);
  readings_ = 0;
  return std::exchange(requests_, {});
}

void RequestQueue::close() {
  const core::MutexLock lock(mutex_);
  closed_ = true;
}

std::size_t RequestQueue::waiting() const {
  const core::MutexLock lock(mutex_);
  return requests_.size();
}

std::uint64_t RequestQueue::refused() const {
  const core::MutexLock lock(mutex_);
  return refused_;
}

}  // namespace telltale::pipeline
