// Time: the two clocks of the machine behind one seam, so that tests set, step and stop them.
#pragma once

#include <chrono>
#include <cstdint>

namespace telltale::core {

using Duration = std::chrono::nanoseconds;

// CLOCK_BOOTTIME: never steps, counts suspended time, starts near zero at boot.
struct BootClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

// CLOCK_REALTIME: nanoseconds since 1970-01-01 UTC; may step.
using WallTime = std::chrono::sys_time<Duration>;

[[nodiscard]] constexpr std::int64_t to_ms(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
[[nodiscard]] constexpr WallTime from_ms(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

// Injected wherever time is read; owned by app. Every call from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual BootTime boot_now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
  // Whether the kernel says that the wall clock follows a time source (adjtimex(2): not STA_UNSYNC), or a
  // battery-backed clock set it.
  [[nodiscard]] virtual bool synchronised() const = 0;
};

// The real clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] BootTime boot_now() const override;
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] bool synchronised() const override;
};

}  // namespace telltale::core
