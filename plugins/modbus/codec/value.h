// How registers hold a value: its type, the order of its bytes, a slice of its bits. Pure: bytes in, number or text
// out, and back for writing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telltale::modbus {

enum class ValueType : std::uint8_t {
  kBit,  // a coil or discrete input
  kInt8High,
  kInt8Low,
  kUint8High,
  kUint8Low,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat16,
  kFloat32,
  kFloat64,
  kBcd16,
  kBcd32,
  kBcd64,
  kString,
};

// "int16", "float32", …, as they are written in `type:`. Also "float", "double" and "bool".
[[nodiscard]] std::optional<ValueType> parse_type(std::string_view word) noexcept;
[[nodiscard]] std::string_view to_word(ValueType type) noexcept;
// Bytes of a value; 0 for a bit or a string.
[[nodiscard]] std::size_t size_of(ValueType type) noexcept;

// Which byte of the value, A being the most significant, comes in which place on the wire.
class ByteOrder {
 public:
  // `big` (ABCD, the standard's), `little` (DCBA), `word_swap` (CDAB), `byte_swap` (BADC), for values of every size; or
  // the letters themselves, 2, 4 or 8 of them, for values of that size.
  [[nodiscard]] static std::optional<ByteOrder> parse(std::string_view text) noexcept;

  // False when it was given in letters and the value has another size.
  [[nodiscard]] bool fits(std::size_t bytes) const noexcept { return letters_ == 0 || letters_ == bytes; }
  // Place on the wire of byte `index` (0: most significant) of a value of `bytes` bytes.
  [[nodiscard]] std::size_t place(std::size_t index, std::size_t bytes) const noexcept;

 private:
  std::array<std::uint8_t, 8> places_{};  // when it was given in letters
  std::uint8_t letters_ = 0;              // 0: by the two flags
  bool words_swapped_ = false;
  bool bytes_swapped_ = false;
};

struct Layout {
  ValueType type = ValueType::kUint16;
  ByteOrder order;
  std::uint8_t first_bit = 0;  // of a slice; bit 0 is the least significant
  std::uint8_t bit_count = 0;  // 0: the whole value
  std::uint16_t length = 1;    // registers of a string

  // Registers, or bits, that it takes up.
  [[nodiscard]] std::uint16_t count() const noexcept;
};

// Nothing: the registers hold no value of that type (a NaN, digits above 9, one of the sentinels).
struct Absent {
  friend bool operator==(const Absent&, const Absent&) = default;
};
using Value = std::variant<Absent, double, std::string>;

// `data`: the registers as they came, 2 bytes each; of a bit one byte, 0 or 1. `sentinels`: patterns of bits, in the
// value's own size, that stand for "no value".
[[nodiscard]] Value decode(const Layout& layout, std::span<const std::uint8_t> data,
                           std::span<const std::uint64_t> sentinels = {});

// The registers that hold `number`; nothing when it does not fit: out of range, or not whole. Slices, bytes, bits and
// strings are not written.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> encode(const Layout& layout, double number);

// Sentinels of SunSpec for a type: SunSpec information model specification V1.9, 4.2 ("unimplemented").
[[nodiscard]] std::vector<std::uint64_t> usual_sentinels(ValueType type);

// `raw * scale + offset`, written as a division where the scale is one part of a whole number, so that 213 at a scale
// of 0.1 is 21.3 and not 21.300000000000001.
class Linear {
 public:
  Linear() = default;
  Linear(double scale, double offset);
  [[nodiscard]] double apply(double raw) const noexcept {
    return (divisor_ != 0 ? raw / divisor_ : raw * scale_) + offset_;
  }
  [[nodiscard]] double invert(double value) const noexcept {
    return divisor_ != 0 ? (value - offset_) * divisor_ : (value - offset_) / scale_;
  }
  [[nodiscard]] bool is_identity() const noexcept { return scale_ == 1 && offset_ == 0; }

 private:
  double scale_ = 1;
  double offset_ = 0;
  double divisor_ = 0;
};

}  // namespace telltale::modbus
