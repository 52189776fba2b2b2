// Change per second of a counter that is read now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace telltale::linux_input {

class RateMeter {
 public:
  // The increase per second since the last call. Nothing the first time, when the counter went back (a reset, a
  // device that was replaced, a wrap), or when no time has passed.
  [[nodiscard]] std::optional<double> update(std::uint64_t count, std::chrono::nanoseconds time) {
    std::optional<double> rate;
    if (seen_ && count >= count_ && time > time_) {
      rate = static_cast<double>(count - count_) / std::chrono::duration<double>(time - time_).count();
    }
    seen_ = true;
    count_ = count;
    time_ = time;
    return rate;
  }
  // A reading was missed: the next one starts anew.
  void forget() { seen_ = false; }

 private:
  bool seen_ = false;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds time_{};
};

}  // namespace telltale::linux_input
