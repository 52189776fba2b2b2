// A clock that a test moves by hand. Safe to read from threads under test.
#pragma once

#include <atomic>

#include "daemon/core/clock.h"

namespace telltale::test {

class ManualClock final : public core::Clock {
 public:
  explicit ManualClock(core::WallTime wall = core::from_ms(1'700'000'000'000))
      : offset_(wall.time_since_epoch().count()) {}

  [[nodiscard]] core::BootTime boot_now() const override { return core::BootTime(core::Duration(boot_.load())); }
  [[nodiscard]] core::WallTime wall_now() const override {
    return core::WallTime(core::Duration(boot_.load() + offset_.load()));
  }
  [[nodiscard]] bool synchronised() const override { return synchronised_.load(); }

  // Time passes: both clocks move.
  void advance(core::Duration by) { boot_ += by.count(); }
  // Somebody sets the wall clock: only it moves.
  void step_wall(core::Duration by) { offset_ += by.count(); }
  void set_synchronised(bool synchronised) { synchronised_ = synchronised; }

 private:
  std::atomic<std::int64_t> boot_{1'000'000'000};
  std::atomic<std::int64_t> offset_;
  std::atomic<bool> synchronised_{true};
};

}  // namespace telltale::test
