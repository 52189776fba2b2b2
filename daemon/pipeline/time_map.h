// From the boot clock, which plugins stamp with, to wall time, which everybody else speaks.
// Owned and called by the pipeline's thread.
#pragma once

#include <optional>

#include "daemon/core/clock.h"

namespace telltale::pipeline {

class TimeMap {
 public:
  // A change of the mapping of at least this much is a step; less is slewing, followed silently.
  static constexpr core::Duration kStep = std::chrono::milliseconds(500);
  // The clocks cannot be read at the same instant: smaller changes, and those that the time between them explains, are
  // noise and ignored, so that two readings of one source never change places or get the same time.
  static constexpr core::Duration kNoise = std::chrono::microseconds(200);

  explicit TimeMap(const core::Clock& clock) : clock_(clock) { refresh(); }

  // Reads both clocks. Answers how far the wall clock stepped since the last time, if it did.
  std::optional<core::Duration> refresh();

  [[nodiscard]] core::WallTime to_wall(core::BootTime time) const {
    return core::WallTime(time.time_since_epoch() + offset_);
  }
  // Whether `time` has come. Time goes on while a pass drains: what was published since the last refresh() is not
  // from the future.
  [[nodiscard]] bool has_come(core::BootTime time) {
    if (time <= boot_now_) return true;
    boot_now_ = clock_.boot_now();
    now_ = to_wall(boot_now_);
    return time <= boot_now_;
  }
  [[nodiscard]] core::WallTime now() const { return now_; }
  [[nodiscard]] core::BootTime boot_now() const { return boot_now_; }
  // Whether wall times can be believed.
  [[nodiscard]] bool certain() const { return certain_; }

 private:
  const core::Clock& clock_;
  core::Duration offset_{};
  core::WallTime now_{};
  core::BootTime boot_now_{};
  core::BootTime asked_at_ = core::BootTime::min();
  bool certain_ = false;
  bool started_ = false;
};

}  // namespace telltale::pipeline
