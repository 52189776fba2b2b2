#include "plugins/modbus/codec/crc16.h"

#include <array>

namespace telltale::modbus {
namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (std::uint16_t byte = 0; byte < 256; ++byte) {
    std::uint16_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint16_t>((crc & 1U) != 0 ? (crc >> 1U) ^ 0xa001U : crc >> 1U);
    }
    table[byte] = crc;
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kTable = make_table();

}  // namespace

std::uint16_t crc16(std::span<const std::uint8_t> bytes) noexcept {
  std::uint16_t crc = 0xffff;
  for (const std::uint8_t byte : bytes) crc = static_cast<std::uint16_t>((crc >> 8U) ^ kTable[(crc ^ byte) & 0xffU]);
  return crc;
}

}  // namespace telltale::modbus
