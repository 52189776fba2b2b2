// Lets N lines a second through and counts the rest. Not synchronised: the owner locks. Pure.
#pragma once

#include <cstdint>

#include "daemon/core/clock.h"

namespace telltale::host {

inline constexpr std::uint32_t kLinesPerSecond = 20;

class RateLimit {
 public:
  explicit RateLimit(std::uint32_t per_second) : per_second_(per_second) {}

  // Whether one more may pass now.
  [[nodiscard]] bool admit(core::BootTime now) {
    if (!begun_ || now - window_ >= std::chrono::seconds(1)) {
      begun_ = true;
      window_ = now;
      used_ = 0;
    }
    if (used_ == per_second_) {
      ++left_out_;
      return false;
    }
    ++used_;
    return true;
  }
  // How many did not pass since the last call.
  [[nodiscard]] std::uint64_t take_left_out() {
    const std::uint64_t count = left_out_;
    left_out_ = 0;
    return count;
  }

 private:
  std::uint32_t per_second_;
  std::uint32_t used_ = 0;
  std::uint64_t left_out_ = 0;
  bool begun_ = false;
  core::BootTime window_{};
};

}  // namespace telltale::host
