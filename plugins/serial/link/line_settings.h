// How a serial line is set. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace telltale::serial {

enum class Parity : std::uint8_t { kNone, kEven, kOdd, kMark, kSpace };
enum class Flow : std::uint8_t { kNone, kRtsCts, kXonXoff, kDtrDsr };

// Direction of an RS-485 line, switched by the kernel's driver.
struct Rs485 {
  bool rts_on_send = true;  // RTS is up while it sends
  std::uint32_t before_ms = 0;
  std::uint32_t after_ms = 0;
  bool hears_itself = false;
  bool terminates = false;
};

struct LineSettings {
  int baud = 9'600;
  int bits = 8;
  Parity parity = Parity::kNone;
  int stop_bits = 1;
  Flow flow = Flow::kNone;
  std::optional<Rs485> rs485;
  std::optional<bool> dtr;  // nothing: as the system sets it at opening
  std::optional<bool> rts;
};

}  // namespace telltale::serial
