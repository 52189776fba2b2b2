// How long to wait before the next attempt: doubled each time, with jitter, so that a hall full of devices does not
// come back to a restarted broker in one instant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace telltale::mqtt {

// Owned by the session's thread. `random` gives any 32 bits.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{250};
  static constexpr std::chrono::milliseconds kLast{30'000};

  explicit Backoff(std::function<std::uint32_t()> random) : random_(std::move(random)) {}

  // Between half of the step and the step: at most 250 ms the first time, never more than 30 s.
  [[nodiscard]] std::chrono::milliseconds next() {
    const auto half = step_.count() / 2;
    const std::chrono::milliseconds wait(half + static_cast<std::int64_t>(random_()) % (half + 1));
    step_ = std::min(step_ * 2, kLast);
    return wait;
  }
  void reset() { step_ = kFirst; }

 private:
  std::function<std::uint32_t()> random_;
  std::chrono::milliseconds step_ = kFirst;
};

}  // namespace telltale::mqtt
