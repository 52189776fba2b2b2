// What is said of a value besides the value: when it was measured, and how far to trust it.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>

#include <telltale/host.h>

namespace telltale {

// How far a value can be trusted.
enum class Quality : std::uint16_t {
  kGood = TELLTALE_QUALITY_GOOD,
  kStale = TELLTALE_QUALITY_STALE,          // retained or replayed: was true when it was measured
  kUncertain = TELLTALE_QUALITY_UNCERTAIN,  // its time is not certain, or the device says so
  kBad = TELLTALE_QUALITY_BAD,              // the device reported a fault; the value is absent
};

// When a value was measured: on the boot clock (a duration, as Host::now() gives it), or by the source's own clock (a
// point of wall time). Without either the host stamps it now. A value.
class When {
 public:
  // Now, as the host sees it.
  constexpr When() noexcept = default;
  // Time since boot; 0 is now.
  template <std::convertible_to<std::chrono::nanoseconds> Duration>
  constexpr When(Duration since_boot) noexcept : time_(std::chrono::nanoseconds(since_boot).count()) {}
  // Time of the source, from a message's own stamp; the user's tolerance decides whether it is believed.
  template <std::convertible_to<std::chrono::nanoseconds> Duration>
  constexpr When(std::chrono::time_point<std::chrono::system_clock, Duration> source_time) noexcept
      : time_(std::chrono::nanoseconds(source_time.time_since_epoch()).count()), flags_(TELLTALE_READING_WALL_TIME) {}

  // The reading that crosses the boundary.
  [[nodiscard]] constexpr telltale_reading reading(std::uint32_t series, double value, Quality quality) const noexcept {
    return {time_, value, series, static_cast<std::uint16_t>(quality), flags_};
  }

 private:
  std::int64_t time_ = 0;
  std::uint16_t flags_ = 0;
};

}  // namespace telltale
