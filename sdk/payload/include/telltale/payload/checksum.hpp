// Checksums that devices put at the end of their messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telltale::payload {

enum class Checksum : std::uint8_t {
  kNone,
  kXor,          // 8 bits
  kSum8,         // 8 bits
  kSum16,        //
  kTwos,         // 8 bits: with it, the sum is 0
  kCrc8,         // 0x07
  kCrc8Maxim,    // 0x31 reflected, as on 1-Wire
  kCrc16Modbus,  // 0x8005 reflected, from 0xffff
  kCrc16Ccitt,   // 0x1021 from 0xffff
  kCrc16Xmodem,  // 0x1021 from 0
  kCrc16X25,     // 0x1021 reflected, from 0xffff, inverted: HDLC, PPP, smart meters
  kCrc32,        // as in Ethernet and zip
};

// The words of the option: "none", "xor", "sum8", "sum16", "twos", "crc8", "crc8_maxim", "crc16_modbus", "crc16_ccitt",
// "crc16_xmodem", "crc16_x25", "crc32". [any]
[[nodiscard]] std::optional<Checksum> checksum_from(std::string_view word) noexcept;
// In bytes. [any]
[[nodiscard]] std::size_t size_of(Checksum kind) noexcept;
[[nodiscard]] std::uint32_t checksum_of(Checksum kind, std::string_view bytes) noexcept;

}  // namespace telltale::payload
