#include "daemon/pipeline/time_map.h"

#include <algorithm>
#include <utility>

namespace telltale::pipeline {

namespace {

constexpr int kTries = 16;
constexpr core::Duration kAtOnce = std::chrono::microseconds(50);
// Between eras, for times that were moved apart by nanoseconds.
constexpr core::Duration kMargin = std::chrono::microseconds(500);

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

core::WallTime TimeMap::Piece::at(core::BootTime time) const {
  const core::Duration passed = time - begin;
  const core::Duration slow = std::max(core::Duration{}, std::min(time, caught_up) - begin);
  return wall + passed - slow / 2;
}

core::WallTime TimeMap::to_wall(core::BootTime time) const {
  const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), time,
                                     [](core::BootTime t, const Piece& piece) { return t < piece.begin; });
  return (next == pieces_.begin() ? *next : *(next - 1)).at(time);
}

core::Duration TimeMap::off_by() const {
  const core::BootTime caught_up = pieces_.back().caught_up;
  return caught_up > boot_now_ ? (caught_up - boot_now_) / 2 : core::Duration{};
}

std::optional<TimeMap::Change> TimeMap::refresh() {
  const Reading read = read_both(clock_);
  boot_now_ = read.boot;
  // adjtimex(2) is a system call: once a second is enough to notice that a time source took over.
  if (pieces_.empty() || boot_now_ - asked_at_ >= std::chrono::seconds(1)) {
    synchronised_ = clock_.synchronised();
    asked_at_ = boot_now_;
  }
  const core::WallTime wall(boot_now_.time_since_epoch() + read.offset);
  if (pieces_.empty()) {
    pieces_.push_back({core::BootTime{}, core::WallTime(read.offset), core::BootTime{}});
    eras_.push_back({core::BootTime{}, core::WallTime(read.offset), {}, 0});
    provisional_ = !synchronised_;
    now_ = wall;
    return std::nullopt;
  }
  Change told;
  const core::Duration change = wall - (to_wall(boot_now_) - off_by());
  const bool is_step = std::chrono::abs(change) >= kStep + read.doubt;
  const bool is_noise = std::chrono::abs(change) < kNoise + read.doubt;
  if (is_step) told.step = change;
  if (provisional_ && synchronised_) {
    told.synchronised = true;
    provisional_ = false;
    told.corrections.push_back(move(0, is_noise ? core::Duration{} : change, true));
  } else if (provisional_) {
    // Set by hand, or by somebody who does not vouch for it.
    if (is_step) told.corrections.push_back(move(0, change, false));
  } else if (!is_noise) {
    follow(change, told);
  }
  now_ = to_wall(boot_now_);
  const bool matters = is_step || told.synchronised || !told.corrections.empty();
  return matters ? std::optional(std::move(told)) : std::nullopt;
}

void TimeMap::follow(core::Duration change, Change& told) {
  const core::WallTime current = to_wall(boot_now_);
  const core::Duration ahead = off_by() - change;
  const core::WallTime wall = current - ahead;
  if (ahead <= core::Duration{}) {
    if (-ahead >= kStep) begin_era(wall);
    begin_piece(wall, {});
  } else if (ahead <= kCatchUp) {
    begin_piece(current, ahead);
  } else {
    begin_era(wall);
    push_back_eras(wall, told);
    begin_piece(wall, {});
  }
}

void TimeMap::begin_piece(core::WallTime wall, core::Duration ahead) {
  // The same moment has one time: the last.
  if (pieces_.back().begin == boot_now_) pieces_.pop_back();
  pieces_.push_back({boot_now_, wall, boot_now_ + 2 * ahead});
  if (pieces_.size() > kMostPieces) pieces_.pop_front();
}

void TimeMap::begin_era(core::WallTime wall) {
  eras_.back().end = to_wall(boot_now_);
  eras_.push_back({boot_now_, wall, {}, position_});
  if (eras_.size() > kMostEras) eras_.erase(eras_.begin());
}

core::TimeCorrection TimeMap::move(std::size_t number, core::Duration shift, bool certain) {
  Era& era = eras_[number];
  const bool last = number + 1 == eras_.size();
  const core::WallTime end = last ? to_wall(boot_now_) : era.end;
  const core::TimeCorrection correction{era.wall, end + kMargin, shift, era.since, certain};
  for (Piece& piece : pieces_) {
    if (piece.begin >= era.begin && (last || piece.begin < eras_[number + 1].begin)) piece.wall += shift;
  }
  era.wall += shift;
  era.end = end + shift;
  return correction;
}

// Moves the eras before the newest back, each only as far as it must.
void TimeMap::push_back_eras(core::WallTime limit, Change& told) {
  for (std::size_t i = eras_.size() - 1; i-- > 0;) {
    const core::Duration over = eras_[i].end - (limit - 2 * kMargin);
    if (over <= core::Duration{}) break;
    told.corrections.push_back(move(i, -over, false));
    limit = eras_[i].wall;
  }
  // Oldest first: nothing is moved to where the next correction would find it.
  std::reverse(told.corrections.begin(), told.corrections.end());
}

}  // namespace telltale::pipeline
