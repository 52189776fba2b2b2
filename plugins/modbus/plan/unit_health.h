// Whether a unit answers, and when a silent one is asked again: pure, the caller has the clock.
//
// A dead unit costs the others a time-out each time it is asked. So it is asked with one probe at a time, ever more
// rarely, and never so often that the waiting takes more than kShare of the bus from those that answer.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace telltale::modbus {

class UnitHealth {
 public:
  using Nanoseconds = std::chrono::nanoseconds;
  static constexpr Nanoseconds kFirstRest = std::chrono::seconds(1);
  static constexpr Nanoseconds kLongestRest = std::chrono::seconds(60);
  static constexpr Nanoseconds kLongestRestOfAll = std::chrono::seconds(10);  // when no unit answers
  static constexpr int kShare = 64;  // a probe may take one part in so many of the time: 1.6 %

  // `random` gives any 32 bits: units that died together are not asked together.
  explicit UnitHealth(std::function<std::uint32_t()> random) : random_(std::move(random)) {}

  // True when it had been resting.
  bool answered() {
    const bool was_resting = is_resting_;
    is_resting_ = false;
    was_heard_ = true;
    failures_ = silences_ = 0;
    rest_ = kFirstRest;
    return was_resting;
  }

  enum class Next : std::uint8_t { kAgain, kGiveUp, kRest };
  // It did not answer (`is_silence`) or not well. `cost`: the bus time that was lost. kAgain: ask once more at once;
  // kGiveUp: this reading is lost; kRest: so are all of its readings, until next_probe().
  Next failed(bool is_silence, Nanoseconds now, Nanoseconds cost, bool others_answer) {
    ++failures_;
    if (is_silence) ++silences_;
    if (!is_resting_ && was_heard_ && silences_ < kSilences && failures_ < kFailures) {
      return failures_ % 2 != 0 ? Next::kAgain : Next::kGiveUp;
    }
    const Nanoseconds jitter = rest_ / 4 * (random_() % 1'024) / 1'024;
    Nanoseconds wait = rest_ - jitter;
    // The first probe comes soon: it may have been noise.
    if (others_answer && is_resting_) wait = std::max(wait, cost * (kShare - 1));
    is_resting_ = true;
    next_probe_ = now + wait;
    ++probes_;
    rest_ = std::min(rest_ * 2, others_answer ? kLongestRest : kLongestRestOfAll);
    return Next::kRest;
  }
  // Nobody could be asked: the line or connection is gone. All is as at the start.
  void line_lost() {
    is_resting_ = false;
    failures_ = silences_ = 0;
    rest_ = kFirstRest;
  }

  [[nodiscard]] bool is_resting() const noexcept { return is_resting_; }
  [[nodiscard]] bool was_heard() const noexcept { return was_heard_; }
  [[nodiscard]] Nanoseconds next_probe() const noexcept { return next_probe_; }

  // How long a probe waits. `usual`: what replies of this unit, or of the slowest other, take; 0: not known. Each
  // fourth one waits for the whole time-out, in case the unit became slow.
  [[nodiscard]] Nanoseconds patience(Nanoseconds timeout, Nanoseconds usual) const noexcept {
    if (!is_resting_ || usual == Nanoseconds{} || probes_ % 4 == 0) return timeout;
    return std::min(timeout, std::max<Nanoseconds>(usual * 4, std::chrono::milliseconds(20)));
  }

 private:
  static constexpr int kSilences = 2;   // in a row: it is taken for dead
  static constexpr int kFailures = 10;  // of any kind

  std::function<std::uint32_t()> random_;
  Nanoseconds rest_ = kFirstRest;
  Nanoseconds next_probe_{};
  int failures_ = 0;
  int silences_ = 0;
  std::uint32_t probes_ = 0;
  bool is_resting_ = false;
  bool was_heard_ = false;
};

}  // namespace telltale::modbus
