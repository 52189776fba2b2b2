// How long to wait before an instance is started again: doubling from 40 ms to 60 s, each with up to a quarter more or
// less, so that inputs that failed together do not come back together. After ten ends in a row without a healthy minute
// it gives up: then five minutes between the tries. Pure; randomness is injected.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "daemon/core/clock.h"

namespace telltale::host {

using RandomSource = std::function<std::uint64_t()>;

struct BackoffLimits {
  // What is left of 100 ms from a crash to the next reading is for the new process: 20 to 30 ms on a slow device.
  core::Duration first = std::chrono::milliseconds(40);
  core::Duration most = std::chrono::seconds(60);
  core::Duration healthy_after = std::chrono::seconds(60);  // a run that long starts over from `first`
  int ends_until_it_gives_up = 10;
  core::Duration given_up = std::chrono::minutes(5);
};

class Backoff {
 public:
  explicit Backoff(BackoffLimits limits = {}) : limits_(limits), next_(limits.first) {}

  // The instance ran for `ran` and ended.
  [[nodiscard]] core::Duration after_run(core::Duration ran, const RandomSource& random) {
    count(ran);
    if (gave_up()) return spread(limits_.given_up, random);
    const core::Duration delay = spread(next_, random);
    next_ = std::min(next_ * 2, limits_.most);
    return delay;
  }
  // It did, and another try is not expected to go better.
  [[nodiscard]] core::Duration after_hopeless_run(core::Duration ran, const RandomSource& random) {
    count(ran);
    return spread(gave_up() ? limits_.given_up : limits_.most, random);
  }
  // It could not even be started, for a reason that does not go away by itself.
  [[nodiscard]] core::Duration longest(const RandomSource& random) const { return spread(limits_.most, random); }
  [[nodiscard]] bool gave_up() const { return ends_ >= limits_.ends_until_it_gives_up; }
  void reset() {
    next_ = limits_.first;
    ends_ = 0;
  }

 private:
  void count(core::Duration ran) {
    if (ran >= limits_.healthy_after) reset();
    ++ends_;
  }
  static core::Duration spread(core::Duration delay, const RandomSource& random) {
    const auto share = static_cast<std::int64_t>(random() % 501);  // of 1,000: half of the delay
    return delay * 3 / 4 + delay * share / 1'000;
  }

  BackoffLimits limits_;
  core::Duration next_;
  int ends_ = 0;
};

}  // namespace telltale::host
