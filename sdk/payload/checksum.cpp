#include <algorithm>
#include <array>

#include <telltale/payload/checksum.hpp>

namespace telltale::payload {
namespace {

constexpr std::array<std::string_view, 12> kWords{"none",        "xor",          "sum8",       "sum16",
                                                  "twos",        "crc8",         "crc8_maxim", "crc16_modbus",
                                                  "crc16_ccitt", "crc16_xmodem", "crc16_x25",  "crc32"};

// A CRC as the literature describes it: width, polynomial, start, whether bits come least significant first, and what
// is xor-ed at the end.
struct Crc {
  unsigned width;
  std::uint32_t polynomial;  // reflected where `reflected`
  std::uint32_t start;
  bool reflected;
  std::uint32_t last;
};

std::uint32_t run(const Crc& crc, std::string_view bytes) noexcept {
  std::uint32_t value = crc.start;
  const std::uint32_t top = 1U << (crc.width - 1);
  const std::uint32_t mask = crc.width == 32 ? 0xffffffffU : (1U << crc.width) - 1;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint32_t>(static_cast<unsigned char>(c));
    value ^= crc.reflected ? byte : byte << (crc.width - 8);
    for (int bit = 0; bit < 8; ++bit) {
      if (crc.reflected) {
        value = (value & 1U) != 0 ? value >> 1U ^ crc.polynomial : value >> 1U;
      } else {
        value = (value & top) != 0 ? value << 1U ^ crc.polynomial : value << 1U;
      }
    }
    value &= mask;
  }
  return (value ^ crc.last) & mask;
}

std::uint32_t sum(std::string_view bytes) noexcept {
  std::uint32_t total = 0;
  for (const char c : bytes) total += static_cast<unsigned char>(c);
  return total;
}

std::uint32_t exclusive_or(std::string_view bytes) noexcept {
  std::uint32_t value = 0;
  for (const char c : bytes) value ^= static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::optional<Checksum> checksum_from(std::string_view word) noexcept {
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<Checksum>(found - kWords.begin());
}

std::size_t size_of(Checksum kind) noexcept {
  switch (kind) {
    case Checksum::kNone:
      return 0;
    case Checksum::kXor:
    case Checksum::kSum8:
    case Checksum::kTwos:
    case Checksum::kCrc8:
    case Checksum::kCrc8Maxim:
      return 1;
    case Checksum::kCrc32:
      return 4;
    default:
      return 2;
  }
}

std::uint32_t checksum_of(Checksum kind, std::string_view bytes) noexcept {
  switch (kind) {
    case Checksum::kXor:
      return exclusive_or(bytes);
    case Checksum::kSum8:
      return sum(bytes) & 0xffU;
    case Checksum::kSum16:
      return sum(bytes) & 0xffffU;
    case Checksum::kTwos:
      return (0U - sum(bytes)) & 0xffU;
    case Checksum::kCrc8:
      return run({8, 0x07, 0, false, 0}, bytes);
    case Checksum::kCrc8Maxim:
      return run({8, 0x8c, 0, true, 0}, bytes);
    case Checksum::kCrc16Modbus:
      return run({16, 0xa001, 0xffff, true, 0}, bytes);
    case Checksum::kCrc16Ccitt:
      return run({16, 0x1021, 0xffff, false, 0}, bytes);
    case Checksum::kCrc16Xmodem:
      return run({16, 0x1021, 0, false, 0}, bytes);
    case Checksum::kCrc16X25:
      return run({16, 0x8408, 0xffff, true, 0xffff}, bytes);
    case Checksum::kCrc32:
      return run({32, 0xedb88320U, 0xffffffffU, true, 0xffffffffU}, bytes);
    default:
      return 0;
  }
}

}  // namespace telltale::payload
