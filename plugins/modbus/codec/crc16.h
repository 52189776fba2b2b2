// The checksum of Modbus RTU frames: MODBUS over serial line V1.02, 6.2.2 (polynomial 0xA001, start 0xFFFF, low byte
// first on the wire).
#pragma once

#include <cstdint>
#include <span>

namespace telltale::modbus {

[[nodiscard]] std::uint16_t crc16(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace telltale::modbus
