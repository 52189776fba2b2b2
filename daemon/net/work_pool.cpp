#include "daemon/net/work_pool.h"

#include "daemon/core/fd.h"

namespace telltale::net {

WorkPool::WorkPool(std::string name, Size size) : name_(std::move(name)), limit_(size.queue) {
  threads_.reserve(size.threads);
  for (std::size_t i = 0; i < size.threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkPool::~WorkPool() {
  {
    const core::MutexLock lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkPool::submit(std::function<void()> job) {
  {
    const core::MutexLock lock(mutex_);
    if (stopping_ || jobs_.size() >= limit_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

std::size_t WorkPool::waiting() const {
  const core::MutexLock lock(mutex_);
  return jobs_.size();
}

void WorkPool::run() {
  core::name_thread(name_.c_str());
  for (;;) {
    std::function<void()> job;
    {
      const core::MutexLock lock(mutex_);
      while (jobs_.empty() && !stopping_) wake_.wait(mutex_);
      if (stopping_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace telltale::net
