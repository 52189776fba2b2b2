// A few threads for what blocks on the disk, with a bounded queue in front. submit() from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/core/mutex.h"

namespace telltale::net {

class WorkPool {
 public:
  struct Size {
    std::size_t threads = 1;
    std::size_t queue = 32;  // jobs that wait beside those that run
  };

  WorkPool(std::string name, Size size);
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;
  // Waits for the jobs that run; those that wait are dropped.
  ~WorkPool();

  // False when the queue is full: policy is to refuse at once, so that the client hears it.
  [[nodiscard]] bool submit(std::function<void()> job) TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] std::size_t waiting() const TELLTALE_EXCLUDES(mutex_);

 private:
  void run();

  // Constant after construction.
  std::string name_;
  std::size_t limit_;
  std::vector<std::thread> threads_;

  mutable core::Mutex mutex_;
  core::Condition wake_;
  std::deque<std::function<void()>> jobs_ TELLTALE_GUARDED_BY(mutex_);
  bool stopping_ TELLTALE_GUARDED_BY(mutex_) = false;
};

}  // namespace telltale::net
