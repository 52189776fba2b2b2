// Absolute deadlines of poll/1: no drift, whatever a poll takes, and each input at a time of its own. Pure; owned by
// the instance's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/core/clock.h"

namespace telltale::host {

inline constexpr core::Duration kMinInterval = std::chrono::milliseconds(1);
inline constexpr core::Duration kMaxInterval = std::chrono::hours(24);

// Where in its interval an input polls: a number of its id, the same after every start, so that inputs of one interval
// do not fire together (FNV-1a, draft-eastlake-fnv).
[[nodiscard]] constexpr core::Duration phase_of(std::string_view id, core::Duration interval) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  // The low bits of two ids that differ in their last letter differ little: mix them (the end of MurmurHash3).
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccd;
  hash ^= hash >> 33U;
  return core::Duration(static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(interval.count())));
}

class PollSchedule {
 public:
  // `interval` is within kMinInterval .. kMaxInterval. The first poll is due at `first`, so that a start shows
  // something at once; those that follow at `phase` within each interval of the boot clock, none sooner than half an
  // interval after the first.
  PollSchedule(core::BootTime first, core::Duration interval, core::Duration phase)
      : deadline_(first), interval_(interval), grid_(first_of_grid(first, interval, phase)) {}

  [[nodiscard]] core::BootTime deadline() const { return deadline_; }
  // The call that was due at deadline() is over. Moves to the first deadline that has not passed at `now`; how many
  // were skipped.
  std::uint64_t advance(core::BootTime now) {
    deadline_ = grid_ ? *std::exchange(grid_, std::nullopt) : deadline_ + interval_;
    if (deadline_ >= now) return 0;
    const auto skipped = (now - deadline_ + interval_ - core::Duration(1)) / interval_;
    deadline_ += skipped * interval_;
    return static_cast<std::uint64_t>(skipped);
  }

 private:
  static core::BootTime first_of_grid(core::BootTime first, core::Duration interval, core::Duration phase) {
    const core::BootTime earliest = first + interval / 2;
    const core::Duration into = (earliest.time_since_epoch() - phase) % interval;
    const core::Duration wait = into.count() > 0 ? interval - into : -into;
    return earliest + wait;
  }

  core::BootTime deadline_;
  core::Duration interval_;
  std::optional<core::BootTime> grid_;  // the second deadline, until it is due
};

}  // namespace telltale::host
