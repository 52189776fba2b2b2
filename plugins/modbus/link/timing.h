// The pauses that a line and its units need. All from the configuration; those of a serial line follow from its speed
// where they are not given.
#pragma once

#include <algorithm>
#include <chrono>

namespace telltale::modbus {

struct Timing {
  std::chrono::nanoseconds timeout{std::chrono::seconds(1)};              // from the request to the reply's first byte
  std::chrono::nanoseconds byte_timeout{std::chrono::milliseconds(100)};  // silence within a reply that ends it
  std::chrono::nanoseconds frame_delay{};    // silence between two frames; MODBUS over serial line V1.02, 2.5.1.1
  std::chrono::nanoseconds request_delay{};  // further pause before each request
  std::chrono::nanoseconds turnaround{};     // further pause before a request to another unit
  std::chrono::nanoseconds connect_delay{};  // pause after connecting
  std::chrono::nanoseconds character{};      // time of one character on the wire; 0: not a serial line

  // 3.5 characters, but 1.75 ms above 19,200 baud.
  [[nodiscard]] static std::chrono::nanoseconds usual_frame_delay(int baud, int bits_per_character) {
    const std::chrono::nanoseconds of_speed(3'500'000'000LL * bits_per_character / std::max(baud, 1));
    return baud > 19'200 ? std::chrono::nanoseconds(1'750'000) : of_speed;
  }
};

}  // namespace telltale::modbus
