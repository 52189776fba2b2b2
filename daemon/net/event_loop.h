// The net thread as its parts see it: run something there, or there and later. A test drives one by hand.
#pragma once

#include <functional>
#include <memory>

#include "daemon/core/clock.h"

namespace telltale::net {

// Runs its task once per arm(); destroying it cancels. Net thread.
class LoopTimer {
 public:
  LoopTimer() = default;
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;
  virtual ~LoopTimer() = default;
  // Replaces what was armed before.
  virtual void arm(core::Duration in) = 0;
  // From here on the task does not run, even when its time has come already.
  virtual void cancel() = 0;
};

class EventLoop {
 public:
  EventLoop() = default;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  virtual ~EventLoop() = default;
  // Any thread; tasks run in their order.
  virtual void post(std::function<void()> task) = 0;
  // Net thread.
  [[nodiscard]] virtual std::unique_ptr<LoopTimer> make_timer(std::function<void()> task) = 0;
};

}  // namespace telltale::net
