#include "plugins/modbus/codec/value.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <telltale/payload/utf8.hpp>

namespace telltale::modbus {
namespace {

struct TypeInfo {
  std::string_view word;
  std::uint8_t bytes;
  bool is_signed;
};

constexpr std::array<TypeInfo, 18> kTypes{{{"bit", 0, false},
                                           {"int8_high", 1, true},
                                           {"int8_low", 1, true},
                                           {"uint8_high", 1, false},
                                           {"uint8_low", 1, false},
                                           {"int16", 2, true},
                                           {"uint16", 2, false},
                                           {"int32", 4, true},
                                           {"uint32", 4, false},
                                           {"int64", 8, true},
                                           {"uint64", 8, false},
                                           {"float16", 2, false},
                                           {"float32", 4, false},
                                           {"float64", 8, false},
                                           {"bcd16", 2, false},
                                           {"bcd32", 4, false},
                                           {"bcd64", 8, false},
                                           {"string", 0, false}}};

const TypeInfo& info(ValueType type) { return kTypes[static_cast<std::size_t>(type)]; }

bool is_high(ValueType type) { return type == ValueType::kInt8High || type == ValueType::kUint8High; }

// The pattern of bits, most significant first, whatever the order on the wire.
std::uint64_t gather(const Layout& layout, std::span<const std::uint8_t> data) {
  const std::size_t bytes = info(layout.type).bytes;
  if (bytes == 1) {
    const std::size_t high = layout.order.place(0, 2);
    return data[is_high(layout.type) ? high : 1 - high];
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes; ++i) bits = bits << 8U | data[layout.order.place(i, bytes)];
  return bits;
}

double sign_extended(std::uint64_t bits, unsigned width) {
  const std::uint64_t shifted = bits << (64U - width);
  return static_cast<double>(static_cast<std::int64_t>(shifted) >> (64U - width));
}

// IEEE 754-2019, 3.6: binary16.
double half(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10U & 0x1fU);
  const auto fraction = static_cast<double>(bits & 0x3ffU);
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  if (exponent == 0x1f) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

Value bcd(std::uint64_t bits, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t digit = bytes * 2; digit-- > 0;) {
    const std::uint64_t value = bits >> (digit * 4) & 0xfU;
    if (value > 9) return Absent{};
    number = number * 10 + value;
  }
  return static_cast<double>(number);
}

Value finite(double number) {
  if (!std::isfinite(number)) return Absent{};
  return number;
}

// Up to the first zero, without spaces around it; text that is not UTF-8 is taken for Latin-1, as devices write it.
Value text(const Layout& layout, std::span<const std::uint8_t> data) {
  std::string text;
  const std::size_t first = layout.order.place(0, 2);
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
    text += static_cast<char>(data[i + first]);
    text += static_cast<char>(data[i + 1 - first]);
  }
  text.resize(std::min(text.find('\0'), text.size()));
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  text.erase(std::find_if_not(text.rbegin(), text.rend(), is_blank).base(), text.end());
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
  if (payload::is_utf8(text)) return text;
  std::string latin;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      latin += c;
    } else {
      latin += static_cast<char>(0xc0U | byte >> 6U);
      latin += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return latin;
}

Value number_of(const Layout& layout, std::uint64_t bits) {
  const TypeInfo& type = info(layout.type);
  if (layout.bit_count != 0) {
    bits >>= layout.first_bit;
    if (layout.bit_count < 64) bits &= (std::uint64_t{1} << layout.bit_count) - 1;
    return type.is_signed && layout.bit_count > 1 ? sign_extended(bits, layout.bit_count) : static_cast<double>(bits);
  }
  switch (layout.type) {
    case ValueType::kFloat16:
      return finite(half(bits));
    case ValueType::kFloat32:
      return finite(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
    case ValueType::kFloat64:
      return finite(std::bit_cast<double>(bits));
    case ValueType::kBcd16:
    case ValueType::kBcd32:
    case ValueType::kBcd64:
      return bcd(bits, type.bytes);
    default:
      return type.is_signed ? sign_extended(bits, type.bytes * 8U) : static_cast<double>(bits);
  }
}

// The pattern of bits of a whole number in `bytes` bytes.
std::optional<std::uint64_t> whole(double number, std::size_t bytes, bool is_signed) {
  if (number != std::nearbyint(number)) return std::nullopt;
  const int width = static_cast<int>(bytes) * 8;
  const double top = std::ldexp(1, is_signed ? width - 1 : width);  // the first number that does not fit
  if (number >= top || number < (is_signed ? -top : 0)) return std::nullopt;
  if (number < 0) return static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
  return static_cast<std::uint64_t>(number);
}

std::optional<std::uint64_t> to_bcd(double number, std::size_t bytes) {
  if (number < 0 || number != std::nearbyint(number) || number >= std::pow(10, static_cast<double>(bytes * 2))) {
    return std::nullopt;
  }
  auto left = static_cast<std::uint64_t>(number);
  std::uint64_t bits = 0;
  for (std::size_t digit = 0; digit < bytes * 2; ++digit, left /= 10) bits |= left % 10 << (digit * 4);
  return bits;
}

std::optional<std::uint64_t> pattern_of(ValueType type, double number) {
  const TypeInfo& facts = info(type);
  switch (type) {
    case ValueType::kBit:
    case ValueType::kString:
    case ValueType::kInt8High:
    case ValueType::kInt8Low:
    case ValueType::kUint8High:
    case ValueType::kUint8Low:
    case ValueType::kFloat16:
      return std::nullopt;
    case ValueType::kFloat32: {
      if (std::abs(number) > static_cast<double>(std::numeric_limits<float>::max())) return std::nullopt;
      return std::bit_cast<std::uint32_t>(static_cast<float>(number));
    }
    case ValueType::kFloat64:
      return std::bit_cast<std::uint64_t>(number);
    case ValueType::kBcd16:
    case ValueType::kBcd32:
    case ValueType::kBcd64:
      return to_bcd(number, facts.bytes);
    default:
      return whole(number, facts.bytes, facts.is_signed);
  }
}

}  // namespace

std::optional<ValueType> parse_type(std::string_view word) noexcept {
  if (word == "float") return ValueType::kFloat32;
  if (word == "double") return ValueType::kFloat64;
  if (word == "bool") return ValueType::kBit;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].word == word) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

std::string_view to_word(ValueType type) noexcept { return info(type).word; }
std::size_t size_of(ValueType type) noexcept { return info(type).bytes; }

std::optional<ByteOrder> ByteOrder::parse(std::string_view text) noexcept {
  ByteOrder order;
  if (text == "big" || text == "little" || text == "word_swap" || text == "byte_swap") {
    order.words_swapped_ = text == "little" || text == "word_swap";
    order.bytes_swapped_ = text == "little" || text == "byte_swap";
    return order;
  }
  if (text.size() != 2 && text.size() != 4 && text.size() != 8) return std::nullopt;
  order.letters_ = static_cast<std::uint8_t>(text.size());
  unsigned seen = 0;
  for (std::size_t place = 0; place < text.size(); ++place) {
    const auto index = static_cast<std::size_t>(text[place] - 'A');
    if (index >= text.size()) return std::nullopt;
    order.places_[index] = static_cast<std::uint8_t>(place);
    seen |= 1U << index;
  }
  if (seen != (1U << text.size()) - 1) return std::nullopt;
  return order;
}

std::size_t ByteOrder::place(std::size_t index, std::size_t bytes) const noexcept {
  if (letters_ == bytes) return places_[index];
  const std::size_t word = words_swapped_ ? bytes / 2 - 1 - index / 2 : index / 2;
  return word * 2 + (bytes_swapped_ ? 1 - index % 2 : index % 2);
}

std::uint16_t Layout::count() const noexcept {
  if (type == ValueType::kString) return length;
  return static_cast<std::uint16_t>(std::max<std::size_t>((info(type).bytes + 1U) / 2, 1));
}

Value decode(const Layout& layout, std::span<const std::uint8_t> data, std::span<const std::uint64_t> sentinels) {
  if (layout.type == ValueType::kBit) return data[0] != 0 ? 1.0 : 0.0;
  if (layout.type == ValueType::kString) return text(layout, data);
  const std::uint64_t bits = gather(layout, data);
  if (std::find(sentinels.begin(), sentinels.end(), bits) != sentinels.end()) return Absent{};
  return number_of(layout, bits);
}

std::optional<std::vector<std::uint16_t>> encode(const Layout& layout, double number) {
  if (layout.bit_count != 0) return std::nullopt;
  const auto bits = pattern_of(layout.type, number);
  if (!bits) return std::nullopt;
  const std::size_t bytes = info(layout.type).bytes;
  std::array<std::uint8_t, 8> wire{};
  for (std::size_t i = 0; i < bytes; ++i) {
    wire[layout.order.place(i, bytes)] = static_cast<std::uint8_t>(*bits >> ((bytes - 1 - i) * 8));
  }
  std::vector<std::uint16_t> registers;
  for (std::size_t i = 0; i < bytes; i += 2) {
    registers.push_back(static_cast<std::uint16_t>(wire[i] << 8U | wire[i + 1]));
  }
  return registers;
}

std::vector<std::uint64_t> usual_sentinels(ValueType type) {
  switch (type) {
    case ValueType::kInt16:
      return {0x8000};
    case ValueType::kUint16:
      return {0xffff};
    case ValueType::kInt32:
      return {0x8000'0000};
    case ValueType::kUint32:
      return {0xffff'ffff};
    case ValueType::kInt64:
      return {0x8000'0000'0000'0000};
    case ValueType::kUint64:
      return {0xffff'ffff'ffff'ffff};
    default:
      return {};  // a float's NaN is no value by itself
  }
}

Linear::Linear(double scale, double offset) : scale_(scale), offset_(offset) {
  const double parts = std::nearbyint(1 / scale);
  if (std::abs(parts) > 1 && std::abs(parts) < 1e15 && 1 / parts == scale) divisor_ = parts;
}

}  // namespace telltale::modbus
