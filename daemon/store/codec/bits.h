// Bits in and out of byte strings, the lowest first. A reader never passes its end: once something did not fit, ok() is
// false and every further number is zero. No thread of its own.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace telltale::store {

[[nodiscard]] constexpr std::uint64_t low_bits(std::uint64_t value, unsigned width) {
  return width >= 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}
  BitWriter(const BitWriter&) = delete;
  BitWriter& operator=(const BitWriter&) = delete;
  ~BitWriter() { flush(); }

  void put(std::uint64_t value, unsigned width) {
    value = low_bits(value, width);
    held_ |= value << used_;
    if (used_ + width < 64) {
      used_ += width;
      return;
    }
    append(8);
    const unsigned taken = 64 - used_;
    held_ = taken >= 64 ? 0 : value >> taken;
    used_ = used_ + width - 64;
  }
  // Fills the last byte with zeros.
  void flush() {
    append((used_ + 7) / 8);
    held_ = 0;
    used_ = 0;
  }

 private:
  void append(unsigned bytes) {
    char raw[8];
    std::memcpy(raw, &held_, sizeof raw);
    out_.append(raw, bytes);
  }
  std::string& out_;
  std::uint64_t held_ = 0;
  unsigned used_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return at_ <= bytes_.size() * 8; }
  // The next `width` bits, at most 56; zeros behind the end.
  [[nodiscard]] std::uint64_t peek(unsigned width) const {
    const std::size_t byte = at_ / 8;
    std::uint64_t word = 0;
    if (byte + 8 <= bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, 8);
    } else if (byte < bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, bytes_.size() - byte);
    }
    return low_bits(word >> (at_ % 8), width);
  }
  void skip(unsigned width) { at_ += width; }
  [[nodiscard]] std::uint64_t get(unsigned width) {
    if (width <= 56) {
      const std::uint64_t value = peek(width);
      at_ += width;
      return value;
    }
    const std::uint64_t low = get(32);
    return low | (get(width - 32) << 32U);
  }
  // Ones before the next zero, which is taken too; `most` when there are that many, and then no zero is taken.
  [[nodiscard]] unsigned unary(unsigned most) {
    const auto ones = static_cast<unsigned>(std::countr_one(peek(most)));
    at_ += ones < most ? ones + 1 : most;
    return ones < most ? ones : most;
  }
  // Whole bytes that were touched.
  [[nodiscard]] std::size_t bytes_used() const { return (at_ + 7) / 8; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace telltale::store
