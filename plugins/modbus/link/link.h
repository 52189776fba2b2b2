// The seam to the wire: bytes out, bytes in, and the clock. A serial line, a TCP connection, or a test's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace telltale::modbus {

using Time = std::chrono::nanoseconds;  // on the boot clock

enum class Io : std::uint8_t {
  kDone,
  kTimeout,
  kBroken,   // closed by the other side, unplugged: close() and open() again
  kStopped,  // the input is being stopped
};

// Owned and used by the bus' thread alone.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  // Opens it. The reason in words a user can act on when it cannot be; empty when the input is being stopped.
  [[nodiscard]] virtual std::optional<std::string> open() = 0;
  virtual void close() noexcept = 0;
  [[nodiscard]] virtual bool is_open() const noexcept = 0;

  [[nodiscard]] virtual Io send(std::span<const std::uint8_t> bytes) = 0;
  // Waits until something is there or `until` has come; kDone: `got` bytes, at least 1. An `until` that has passed
  // takes what is there.
  [[nodiscard]] virtual Io receive(std::span<std::uint8_t> into, std::size_t& got, Time until) = 0;
  // Waits; kTimeout when `until` came, kDone when it was woken, kStopped.
  [[nodiscard]] virtual Io sleep(Time until) = 0;

  [[nodiscard]] virtual Time now() const = 0;
  // "/dev/ttyUSB0" or "10.0.0.5:502", as messages name it.
  [[nodiscard]] virtual std::string where() const = 0;
};

}  // namespace telltale::modbus
