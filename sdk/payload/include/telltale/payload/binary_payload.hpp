// Values at fixed places of a binary message, or of one written in hexadecimal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/payload/item.hpp>

namespace telltale::payload {

enum class BinaryType : std::uint8_t { kUnsigned, kSigned, kFloat, kBcd, kText };

// The letters are the bytes as they come, A the most significant: big ABCD, little DCBA, word_swap CDAB, byte_swap
// BADC.
enum class BinaryOrder : std::uint8_t { kBig, kLittle, kWordSwap, kByteSwap };

struct BinaryField {
  std::string name;
  std::ptrdiff_t at = 0;  // first byte, from 0; negative: from the end, -1 is the last
  BinaryType type = BinaryType::kUnsigned;
  std::size_t size = 1;  // bytes: integers and BCD 1 to 8, floats 2, 4 or 8, texts 1 to 4,096
  BinaryOrder order = BinaryOrder::kBig;
  std::optional<std::pair<unsigned, unsigned>> bits;  // of an integer: lowest and highest, 0 the least significant
  double scale = 1;
  double offset = 0;  // added after the scale
  std::string unit;
};

struct BinaryOptions {
  bool hex = false;      // the payload is text: hexadecimal digits, with blanks, `:`, `-` or `0x` between bytes
  std::size_t size = 0;  // bytes the message must have; 0: as many as the fields need, or more
  std::vector<BinaryField> fields;
};

// "uint16", "int24", "float32", "bcd4", "text8": type and size. False for anything else. [any]
[[nodiscard]] bool parse_binary_type(std::string_view word, BinaryType& type, std::size_t& size) noexcept;
[[nodiscard]] std::optional<BinaryOrder> binary_order_from(std::string_view word) noexcept;
// Why such a field cannot be, in words; empty when it can. [any]
[[nodiscard]] std::string problem_of(const BinaryField& field);

// Bytes of hexadecimal digits. False for anything else. [any]
[[nodiscard]] bool parse_hex(std::string_view text, std::string& bytes);

// The value of a field in bytes that reach far enough; nothing for NaN, infinity and digits of BCD beyond 9. [any]
[[nodiscard]] std::optional<double> number_in(const BinaryField& field, std::string_view bytes) noexcept;

// Refuses: empty, too_large, not_hex, wrong_size, too_short, not_utf8 (a text).
class BinaryDecoder final : public Decoder {
 public:
  explicit BinaryDecoder(BinaryOptions options);

  void decode(std::string_view payload, Receiver& receiver) override;

 private:
  BinaryOptions options_;
  std::size_t needed_ = 0;  // bytes
  std::string bytes_;
  std::vector<Item> items_;
};

}  // namespace telltale::payload
