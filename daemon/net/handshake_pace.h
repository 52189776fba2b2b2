// When the next handshakes may begin: so many a second in all and of one address, after a burst that lets everybody
// back in at once when the daemon was away. Who must wait is let in by sweep(), and nobody passes those who wait.
// Net thread. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

#include "daemon/core/clock.h"
#include "daemon/net/http_limits.h"

namespace telltale::net {

class HandshakePace {
 public:
  explicit HandshakePace(const HttpLimits& limits)
      : rate_(static_cast<double>(limits.handshakes_per_second)),
        burst_(static_cast<double>(limits.handshake_burst)),
        of_address_(limits.address_handshakes_per_second),
        left_(burst_) {}

  // One who has just come. `alone`: the address is limited by itself.
  [[nodiscard]] bool admit(const std::string& address, bool alone, core::BootTime now) {
    return waiting_ == 0 && take(address, alone, now);
  }
  // One of those who wait, at a sweep.
  [[nodiscard]] bool admit_waiting(const std::string& address, bool alone, core::BootTime now) {
    return take(address, alone, now);
  }
  void begin_to_wait() { ++waiting_; }
  void end_to_wait() { --waiting_; }

 private:
  bool take(const std::string& address, bool alone, core::BootTime now) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    left_ = std::min(burst_, left_ + seconds * rate_);
    at_ = now;
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      by_address_.clear();
    }
    if (left_ < 1) return false;
    if (alone && ++by_address_[address] > of_address_) return false;
    left_ -= 1;
    return true;
  }

  double rate_;
  double burst_;
  std::size_t of_address_;
  double left_;
  std::size_t waiting_ = 0;
  core::BootTime at_{};
  core::BootTime second_{};
  std::map<std::string, std::size_t> by_address_;  // begun in this second: no more than a burst and a second's
};

}  // namespace telltale::net
