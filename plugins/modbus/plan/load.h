// How much of the bus a plan needs: pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "plugins/modbus/codec/pdu.h"
#include "plugins/modbus/link/timing.h"

namespace telltale::modbus {

// What is asked for again and again.
struct Demand {
  Range range;
  std::chrono::nanoseconds every{};
  std::chrono::nanoseconds takes{};  // as measured, from one request to the next; 0: not known yet
};

// A unit thinks that long before it answers, when it has not been measured: most take 5 to 20 ms.
inline constexpr std::chrono::milliseconds kUsualThought{10};

// Time of a read on the wire and in the unit, as far as the speed of the line tells.
[[nodiscard]] inline std::chrono::nanoseconds predicted_time(const Range& range, const Timing& timing) {
  const int data = is_bits(range.table) ? (range.count + 7) / 8 : range.count * 2;
  const int characters = 8 + 5 + data;  // request; unit, function, length and checksum of the reply
  return timing.character * characters + timing.frame_delay * 2 + timing.request_delay + kUsualThought;
}

// Share of the time that the bus is busy, 1 being all of it.
[[nodiscard]] inline double load_of(std::span<const Demand> demands, const Timing& timing) {
  double load = 0;
  for (const Demand& demand : demands) {
    const auto takes = demand.takes.count() != 0 ? demand.takes : predicted_time(demand.range, timing);
    load += static_cast<double>(takes.count()) / static_cast<double>(demand.every.count());
  }
  return load;
}

}  // namespace telltale::modbus
