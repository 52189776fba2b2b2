// Registers to values and back.
#include "plugins/modbus/codec/value.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telltale::modbus {
namespace {

using Bytes = std::vector<std::uint8_t>;

Layout layout_of(std::string_view type, std::string_view order = "big") {
  Layout layout;
  layout.type = parse_type(type).value();
  layout.order = ByteOrder::parse(order).value();
  return layout;
}

double number(const Layout& layout, const Bytes& data) {
  const Value value = decode(layout, data);
  return std::holds_alternative<double>(value) ? std::get<double>(value) : std::numeric_limits<double>::quiet_NaN();
}

TEST(ModbusValue, DecodesEveryTypeInEveryOrder) {
  const std::vector<std::tuple<std::string, std::string, Bytes, double>> cases{
      {"int16", "big", {0xff, 0x38}, -200},
      {"int16", "little", {0x38, 0xff}, -200},
      {"int16", "byte_swap", {0x38, 0xff}, -200},
      {"int16", "word_swap", {0xff, 0x38}, -200},
      {"int16", "BA", {0x38, 0xff}, -200},
      {"uint16", "big", {0xff, 0x38}, 65'336},
      {"int8_high", "big", {0x80, 0x01}, -128},
      {"int8_low", "big", {0x80, 0xff}, -1},
      {"uint8_high", "big", {0x80, 0x01}, 128},
      {"uint8_low", "big", {0x80, 0xff}, 255},
      {"uint8_low", "little", {0x80, 0xff}, 128},
      {"uint8_high", "byte_swap", {0x80, 0xff}, 255},
      {"uint32", "big", {0x01, 0x02, 0x03, 0x04}, 0x01020304},
      {"uint32", "little", {0x04, 0x03, 0x02, 0x01}, 0x01020304},
      {"uint32", "word_swap", {0x03, 0x04, 0x01, 0x02}, 0x01020304},
      {"uint32", "byte_swap", {0x02, 0x01, 0x04, 0x03}, 0x01020304},
      {"uint32", "CDAB", {0x03, 0x04, 0x01, 0x02}, 0x01020304},
      {"int32", "big", {0xff, 0xff, 0xff, 0xfe}, -2},
      {"float32", "big", {0x41, 0x48, 0x00, 0x00}, 12.5},
      {"float32", "CDAB", {0x00, 0x00, 0x41, 0x48}, 12.5},
      {"float32", "BADC", {0x48, 0x41, 0x00, 0x00}, 12.5},
      {"float32", "DCBA", {0x00, 0x00, 0x48, 0x41}, 12.5},
      {"float", "big", {0x41, 0x48, 0x00, 0x00}, 12.5},
      {"uint64", "big", {0, 0, 0, 1, 0, 0, 0, 2}, 4'294'967'298.0},
      {"uint64", "word_swap", {0, 2, 0, 0, 0, 1, 0, 0}, 4'294'967'298.0},
      {"uint64", "little", {2, 0, 0, 0, 1, 0, 0, 0}, 4'294'967'298.0},
      {"uint64", "byte_swap", {0, 0, 1, 0, 0, 0, 2, 0}, 4'294'967'298.0},
      {"uint64", "CDABGHEF", {0, 1, 0, 0, 0, 2, 0, 0}, 4'294'967'298.0},
      {"int64", "big", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd}, -3},
      {"float64", "big", {0x40, 0x29, 0, 0, 0, 0, 0, 0}, 12.5},
      {"double", "GHEFCDAB", {0, 0, 0, 0, 0, 0, 0x40, 0x29}, 12.5},
      {"float16", "big", {0x4a, 0x40}, 12.5},
      {"float16", "big", {0x80, 0x01}, -std::ldexp(1, -24)},
      {"bcd16", "big", {0x12, 0x34}, 1'234},
      {"bcd32", "word_swap", {0x56, 0x78, 0x12, 0x34}, 12'345'678},
      {"bcd64", "big", {0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56}, 1'234'567'890'123'456.0},
  };
  for (const auto& [type, order, data, value] : cases) {
    EXPECT_EQ(number(layout_of(type, order), data), value) << type << " " << order;
  }
}

TEST(ModbusValue, KnowsWhatIsNoValue) {
  EXPECT_EQ(decode(layout_of("bcd16"), Bytes{0x12, 0x3a}), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("float32"), Bytes{0x7f, 0xc0, 0, 0}), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("float32"), Bytes{0x7f, 0x80, 0, 0}), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("float16"), Bytes{0x7c, 0x01}), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("float64"), Bytes{0xff, 0xf0, 0, 0, 0, 0, 0, 0}), Value(Absent{}));
  const std::vector<std::uint64_t> sentinels{0x8000, 0xffff};
  EXPECT_EQ(decode(layout_of("int16"), Bytes{0x80, 0x00}, sentinels), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("int16", "little"), Bytes{0x00, 0x80}, sentinels), Value(Absent{}));
  EXPECT_EQ(decode(layout_of("int16"), Bytes{0x7f, 0xff}, sentinels), Value(32'767.0));
}

TEST(ModbusValue, TakesSlicesOfBits) {
  Layout layout = layout_of("uint16");
  layout.first_bit = 4;
  layout.bit_count = 4;
  EXPECT_EQ(number(layout, {0x12, 0xa4}), 0xa);
  layout.first_bit = 15;
  layout.bit_count = 1;
  EXPECT_EQ(number(layout, {0x80, 0x00}), 1);
  layout = layout_of("int32", "CDAB");
  layout.first_bit = 16;
  layout.bit_count = 8;
  EXPECT_EQ(number(layout, {0, 0, 0x00, 0xfe}), -2) << "a signed slice keeps its sign";
  layout = layout_of("uint64");
  layout.bit_count = 64;
  EXPECT_EQ(number(layout, {0, 0, 0, 0, 0, 0, 1, 0}), 256);
}

TEST(ModbusValue, ReadsTextsAsDevicesWriteThem) {
  Layout layout = layout_of("string");
  layout.length = 4;
  EXPECT_EQ(decode(layout, Bytes{'A', 'B', 'C', 0, 'x', 'x', 0, 0}), Value("ABC"));
  EXPECT_EQ(decode(layout, Bytes{' ', 'A', ' ', 'B', ' ', ' ', 0, 0}), Value("A B"));
  EXPECT_EQ(decode(layout, Bytes{'2', '0', 0xb0, 'C', 0, 0, 0, 0}), Value("20\xc2\xb0"
                                                                          "C"));
  EXPECT_EQ(decode(layout, Bytes(8, 0)), Value(""));
  layout.order = ByteOrder::parse("little").value();
  EXPECT_EQ(decode(layout, Bytes{'B', 'A', 'D', 'C', 0, 0, 0, 0}), Value("ABCD"));
}

TEST(ModbusValue, RefusesOrdersThatAreNone) {
  for (const char* const text : {"", "A", "ABC", "AABB", "ABCE", "abcd", "ABCDEF", "ABCDEFGHI", "middle"}) {
    EXPECT_FALSE(ByteOrder::parse(text)) << text;
  }
  EXPECT_FALSE(ByteOrder::parse("ABCD")->fits(8));
  EXPECT_TRUE(ByteOrder::parse("ABCD")->fits(4));
  EXPECT_TRUE(ByteOrder::parse("little")->fits(8));
  EXPECT_FALSE(parse_type("int17"));
}

TEST(ModbusValue, RefusesToWriteWhatDoesNotFit) {
  const std::vector<std::pair<std::string, double>> cases{
      {"int16", 32'768}, {"int16", -32'769}, {"int16", 0.5},    {"uint16", -1},   {"uint16", 65'536},
      {"bcd16", 10'000}, {"bcd16", -1},      {"float32", 1e39}, {"uint64", 2e19}, {"int64", 1e19},
      {"string", 1},     {"uint8_low", 1},   {"float16", 1},    {"bcd32", 1.5}};
  for (const auto& [type, value] : cases) EXPECT_FALSE(encode(layout_of(type), value)) << type << " " << value;
}

std::string any_order(std::size_t bytes) {
  std::string letters = std::string("ABCDEFGH").substr(0, bytes);
  const auto swaps = *rc::gen::container<std::vector<std::size_t>>(bytes, rc::gen::inRange<std::size_t>(0, bytes));
  for (std::size_t i = 0; i < bytes; ++i) std::swap(letters[i], letters[swaps[i]]);
  return *rc::gen::element(letters, std::string("big"), std::string("little"), std::string("word_swap"),
                           std::string("byte_swap"));
}

RC_GTEST_PROP(ModbusValue, GivesBackWhatWasWritten, ()) {
  const auto type = *rc::gen::element<std::string>("int16", "uint16", "int32", "uint32", "float32", "float64", "bcd32");
  const Layout layout = layout_of(type, any_order(size_of(parse_type(type).value())));
  double value = *rc::gen::inRange(0, 30'000);
  if (type.starts_with("int")) value -= 15'000;
  if (type.starts_with("float")) value /= 64;
  const auto registers = encode(layout, value);
  RC_ASSERT(registers.has_value());
  Bytes data;
  for (const std::uint16_t word : *registers) {
    data.push_back(static_cast<std::uint8_t>(word >> 8));
    data.push_back(static_cast<std::uint8_t>(word & 0xff));
  }
  RC_ASSERT(data.size() == layout.count() * 2U);
  RC_ASSERT(number(layout, data) == value);
}

RC_GTEST_PROP(ModbusValue, DecodesEveryPatternOfBits, ()) {
  const auto type = *rc::gen::element<std::string>("int8_high", "uint8_low", "int16", "uint32", "int64", "uint64",
                                                   "float16", "float32", "float64", "bcd16", "bcd64");
  const std::size_t size = std::max<std::size_t>(size_of(parse_type(type).value()), 2);
  Layout layout = layout_of(type, any_order(size));
  const Bytes data = *rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
  const Value value = decode(layout, data);
  const double* const shown = std::get_if<double>(&value);
  RC_ASSERT((shown == nullptr || std::isfinite(*shown)));
}

TEST(ModbusLinear, KeepsDecimalsExact) {
  EXPECT_EQ(Linear(0.1, 0).apply(213), 21.3);
  EXPECT_EQ(Linear(0.01, 0).apply(74'936), 749.36);
  EXPECT_EQ(Linear(0.1, -40).apply(653), 65.3 - 40);
  EXPECT_EQ(Linear(10, 5).apply(3), 35);
  EXPECT_EQ(Linear(-0.5, 0).apply(3), -1.5);
  EXPECT_EQ(Linear(0.3, 0).apply(10), 3);
  EXPECT_NEAR(Linear(0.1, -40).invert(25.3), 653, 1e-9);
}

}  // namespace
}  // namespace telltale::modbus
