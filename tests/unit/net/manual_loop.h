// An event loop that a test turns by hand, over the test's clock.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <set>

#include "daemon/net/event_loop.h"
#include "tests/support/manual_clock.h"

namespace telltale::test {

class ManualLoop final : public net::EventLoop {
 public:
  explicit ManualLoop(ManualClock& clock) : clock_(clock) {}

  void post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  std::unique_ptr<net::LoopTimer> make_timer(std::function<void()> task) override {
    return std::make_unique<Timer>(*this, std::move(task));
  }

  // Runs what was posted, and timers that are due.
  void run() {
    for (;;) {
      std::function<void()> task;
      {
        const std::lock_guard lock(mutex_);
        if (!tasks_.empty()) {
          task = std::move(tasks_.front());
          tasks_.pop_front();
        }
      }
      if (!task) task = due();
      if (!task) return;
      task();
    }
  }
  // Time passes, and what is due runs when it is.
  void advance(core::Duration by) {
    const core::BootTime end = clock_.boot_now() + by;
    for (;;) {
      run();
      core::BootTime next = end;
      for (const Timer* timer : timers_) {
        if (timer->at_) next = std::min(next, std::max(*timer->at_, clock_.boot_now()));
      }
      if (next >= end) break;
      clock_.advance(next - clock_.boot_now());
    }
    clock_.advance(end - clock_.boot_now());
    run();
  }
  [[nodiscard]] std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  struct Timer final : net::LoopTimer {
    Timer(ManualLoop& loop, std::function<void()> task) : loop_(loop), task_(std::move(task)) {
      loop_.timers_.insert(this);
    }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() override { loop_.timers_.erase(this); }
    void arm(core::Duration in) override { at_ = loop_.clock_.boot_now() + in; }
    void cancel() override { at_.reset(); }
    ManualLoop& loop_;
    std::function<void()> task_;
    std::optional<core::BootTime> at_;
  };
  std::function<void()> due() {
    for (Timer* timer : timers_) {
      if (!timer->at_ || *timer->at_ > clock_.boot_now()) continue;
      timer->at_.reset();
      return timer->task_;
    }
    return nullptr;
  }

  ManualClock& clock_;
  mutable std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  std::set<Timer*> timers_;
};

}  // namespace telltale::test
