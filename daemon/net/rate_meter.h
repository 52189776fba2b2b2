// How fast a counter grew lately. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "daemon/core/clock.h"

namespace telltale::net {

class RateMeter {
 public:
  explicit RateMeter(core::Duration over) : over_(over) {}

  void sample(core::BootTime at, std::uint64_t count) {
    samples_.emplace_back(at, count);
    while (samples_.size() > 2 && at - samples_[1].first >= over_) samples_.pop_front();
  }
  // Per second, over about the last `over`.
  [[nodiscard]] double rate() const {
    if (samples_.size() < 2) return 0;
    const double seconds = std::chrono::duration<double>(samples_.back().first - samples_.front().first).count();
    if (seconds <= 0) return 0;
    return static_cast<double>(samples_.back().second - samples_.front().second) / seconds;
  }

 private:
  core::Duration over_;
  std::deque<std::pair<core::BootTime, std::uint64_t>> samples_;
};

}  // namespace telltale::net
