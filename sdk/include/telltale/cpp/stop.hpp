// The stop descriptor of a streaming input.
//
//   void run(int stop_fd) override {
//     const telltale::Stop stop(stop_fd);
//     while (!stop.wait_for(1s)) reading_.publish(measure());
//   }
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>

namespace telltale {

// Borrows the descriptor that run() was given. A value.
class Stop {
 public:
  explicit Stop(int fd) noexcept : fd_(fd) {}

  // True when the input shall stop. Waits until then, or until `time` has passed (at most a day; rounded up to
  // milliseconds).
  [[nodiscard]] bool wait_for(std::chrono::nanoseconds time) const {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + std::clamp<std::chrono::nanoseconds>(time, {}, std::chrono::hours(24));
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now());
      pollfd descriptor{fd_, POLLIN, 0};
      const int ready = ::poll(&descriptor, 1, static_cast<int>(std::max<long long>(left.count(), 0)));
      if (ready > 0) return true;
      if (ready == 0) return false;
      if (errno != EINTR) return true;  // a descriptor that cannot be polled can never say stop
    }
  }
  [[nodiscard]] bool requested() const { return wait_for({}); }

 private:
  int fd_;
};

}  // namespace telltale
