#include "daemon/pipeline/time_map.h"

namespace telltale::pipeline {

namespace {

constexpr int kTries = 16;
constexpr core::Duration kAtOnce = std::chrono::microseconds(50);

struct Reading {
  core::BootTime boot;
  core::Duration offset;  // of the wall clock; too large by less than `doubt`
  core::Duration doubt;
};

// A thread may be put off the processor between the two clocks. The boot clock, read again, tells for how long.
Reading read_both(const core::Clock& clock) {
  Reading best{{}, {}, core::Duration::max()};
  for (int i = 0; i < kTries && best.doubt >= kAtOnce; ++i) {
    const core::BootTime boot = clock.boot_now();
    const core::WallTime wall = clock.wall_now();
    const core::Duration doubt = clock.boot_now() - boot;
    if (doubt < best.doubt) best = {boot, wall.time_since_epoch() - boot.time_since_epoch(), doubt};
  }
  return best;
}

}  // namespace

std::optional<core::Duration> TimeMap::refresh() {
  const Reading read = read_both(clock_);
  boot_now_ = read.boot;
  // adjtimex(2) is a system call: once a second is enough to notice that a time source took over.
  if (!started_ || boot_now_ - asked_at_ >= std::chrono::seconds(1)) {
    certain_ = clock_.synchronised();
    asked_at_ = boot_now_;
  }
  const core::Duration change = read.offset - offset_;
  const bool step = started_ && std::chrono::abs(change) >= kStep + read.doubt;
  if (!started_ || std::chrono::abs(change) >= kNoise + read.doubt) offset_ = read.offset;
  started_ = true;
  now_ = to_wall(boot_now_);
  return step ? std::optional(change) : std::nullopt;
}

}  // namespace telltale::pipeline
