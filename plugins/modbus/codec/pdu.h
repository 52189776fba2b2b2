// Requests and replies without their framing: MODBUS application protocol V1.1b3, chapter 6. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telltale::modbus {

// The four tables of a unit.
enum class Table : std::uint8_t { kCoil, kDiscrete, kInput, kHolding };
[[nodiscard]] constexpr bool is_bits(Table table) noexcept {
  return table == Table::kCoil || table == Table::kDiscrete;
}
// "coil", "discrete", "input", "holding".
[[nodiscard]] std::string_view to_word(Table table) noexcept;

// What one request reads: `count` registers or bits from `address` on.
struct Range {
  Table table = Table::kHolding;
  std::uint16_t address = 0;
  std::uint16_t count = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

inline constexpr std::uint16_t kMaxRegisters = 125;  // of one read; 6.3
inline constexpr std::uint16_t kMaxBits = 2000;      // 6.1
inline constexpr std::size_t kMaxPdu = 253;          // 4.1

// Exception codes that are dealt with; chapter 7.
inline constexpr std::uint8_t kIllegalFunction = 1;
inline constexpr std::uint8_t kIllegalAddress = 2;
inline constexpr std::uint8_t kIllegalValue = 3;
inline constexpr std::uint8_t kGatewayNoPath = 10;
inline constexpr std::uint8_t kGatewayNoAnswer = 11;
// "illegal data address", …; "exception 99" for what the standard does not name.
[[nodiscard]] std::string exception_text(std::uint8_t code);

// A function code and its data, on its way out.
class Pdu {
 public:
  [[nodiscard]] static Pdu read(const Range& range);
  [[nodiscard]] static Pdu write_coil(std::uint16_t address, bool on);                  // function 5
  [[nodiscard]] static Pdu write_register(std::uint16_t address, std::uint16_t value);  // function 6
  // Functions 15 and 16. At most 1,968 bits or 123 registers.
  [[nodiscard]] static Pdu write_coils(std::uint16_t address, std::span<const bool> on);
  [[nodiscard]] static Pdu write_registers(std::uint16_t address, std::span<const std::uint16_t> values);

  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] std::uint8_t function() const noexcept { return bytes_[0]; }

 private:
  void put(std::uint8_t byte) noexcept { bytes_[size_++] = byte; }
  void put16(std::uint16_t word) noexcept {
    put(static_cast<std::uint8_t>(word >> 8U));
    put(static_cast<std::uint8_t>(word & 0xffU));
  }

  std::array<std::uint8_t, kMaxPdu> bytes_{};
  std::size_t size_ = 0;
};

// What tells one normal reply from another when there is no transaction id: its function and length, and what it
// echoes. Two requests with the same look are answered with frames that nothing tells apart.
using Look = std::uint64_t;
[[nodiscard]] Look look_of_reply_to(std::span<const std::uint8_t> request) noexcept;

// Bytes of the normal reply to `request`.
[[nodiscard]] std::size_t reply_size(std::span<const std::uint8_t> request) noexcept;
// Bytes of the reply that begins with `head` (3 bytes or more), or 0 when it cannot be told; for looking past replies
// that are not ours.
[[nodiscard]] std::size_t size_of_reply(std::span<const std::uint8_t> head) noexcept;
[[nodiscard]] Look look_of_reply(std::span<const std::uint8_t> reply) noexcept;

[[nodiscard]] bool is_reply_to(std::span<const std::uint8_t> request, std::span<const std::uint8_t> reply) noexcept;
[[nodiscard]] bool is_exception_to(std::span<const std::uint8_t> request, std::span<const std::uint8_t> reply) noexcept;

}  // namespace telltale::modbus
