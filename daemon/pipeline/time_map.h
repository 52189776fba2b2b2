// From the boot clock, which plugins stamp with, to wall time, which everybody else speaks.
//
// What it answers never goes backwards as the boot clock goes on, whatever is done to the wall clock:
// - Until the wall clock is synchronised for the first time, times are provisional: of the boot clock, with the offset
//   that the wall clock had. When it is synchronised, or set by hand, they are corrected by the difference.
// - Set forward, it is followed at once.
// - Set back by little, it is followed at half speed, until it has caught up. Meanwhile times are not certain.
// - Set back by much, what was given before was wrong: it is moved back, so that it ends where the new time begins.
// Owned and called by the pipeline's thread.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"

namespace telltale::pipeline {

class TimeMap {
 public:
  // A change of the mapping of at least this much is a step; less is slewing, followed silently.
  static constexpr core::Duration kStep = std::chrono::milliseconds(500);
  // The clocks cannot be read at the same instant: smaller changes, and those that the time between them explains, are
  // noise and ignored, so that two readings of one source never change places or get the same time.
  static constexpr core::Duration kNoise = std::chrono::microseconds(200);
  // A step back of at most this much is caught up with, a longer one is corrected.
  static constexpr core::Duration kCatchUp = std::chrono::minutes(1);

  explicit TimeMap(const core::Clock& clock) : clock_(clock) { (void)refresh(); }

  struct Change {
    core::Duration step{};  // of the wall clock
    // Of times given before, oldest first.
    std::vector<core::TimeCorrection> corrections;
    bool synchronised = false;  // for the first time
  };
  // Reads both clocks. Answers what changed, if it matters.
  std::optional<Change> refresh();

  // From now on times go into the journal behind `position`.
  void note_position(std::uint64_t position) { position_ = position; }

  [[nodiscard]] core::WallTime to_wall(core::BootTime time) const;
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
  [[nodiscard]] bool certain() const { return synchronised_ && off_by() < kStep; }
  // Whether times are kept until they can be corrected.
  [[nodiscard]] bool provisional() const { return provisional_; }

 private:
  // A stretch over which the mapping is straight; at half speed until `caught_up`.
  struct Piece {
    core::BootTime begin;
    core::WallTime wall;
    core::BootTime caught_up;
    [[nodiscard]] core::WallTime at(core::BootTime time) const;
  };
  // A stretch between two steps: what is moved, is moved with all of it.
  struct Era {
    core::BootTime begin;
    core::WallTime wall;      // where it begins
    core::WallTime end;       // of one that is over
    std::uint64_t since = 0;  // journal position from which its times are; 0: whatever is of this boot
  };
  static constexpr std::size_t kMostPieces = 64;
  static constexpr std::size_t kMostEras = 1024;

  [[nodiscard]] core::Duration off_by() const;  // how far ahead of the wall clock, while it catches up
  void begin_piece(core::WallTime wall, core::Duration ahead);
  void begin_era(core::WallTime wall);
  [[nodiscard]] core::TimeCorrection move(std::size_t number, core::Duration shift, bool certain);
  void follow(core::Duration change, Change& told);
  void push_back_eras(core::WallTime limit, Change& told);

  const core::Clock& clock_;
  std::deque<Piece> pieces_;
  std::vector<Era> eras_;
  core::WallTime now_{};
  core::BootTime boot_now_{};
  core::BootTime asked_at_ = core::BootTime::min();
  std::uint64_t position_ = 0;
  bool synchronised_ = false;
  bool provisional_ = true;
};

}  // namespace telltale::pipeline
