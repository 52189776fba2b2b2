#include <bit>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/binary_payload.hpp>
#include <telltale/payload/checksum.hpp>

#include "tests/unit/payload/collect.h"

namespace telltale::payload {
namespace {

struct LayoutCase {
  std::string_view hex;
  std::string_view type;
  std::string_view order;
  std::string_view expected;
};

BinaryField field(std::string_view type, std::string_view order, std::ptrdiff_t at = 0) {
  BinaryField made;
  made.name = "x";
  made.at = at;
  if (!parse_binary_type(type, made.type, made.size)) throw std::invalid_argument(std::string(type));
  made.order = binary_order_from(order).value();
  return made;
}

TEST(Binary, ReadsEveryType) {
  const std::vector<LayoutCase> cases{{"ff", "uint8", "big", "x=255"},
                                      {"ff", "int8", "big", "x=-1"},
                                      {"0102", "uint16", "big", "x=258"},
                                      {"0102", "uint16", "little", "x=513"},
                                      {"ff ff fe", "int24", "big", "x=-2"},
                                      {"01 02 03 04", "uint32", "big", "x=16909060"},
                                      {"04030201", "uint32", "little", "x=16909060"},
                                      {"03040102", "uint32", "word_swap", "x=16909060"},
                                      {"02010403", "uint32", "byte_swap", "x=16909060"},
                                      {"07080506 03040102", "uint64", "word_swap", "x=7.26238597904e+16"},
                                      {"41 ac 00 00", "float32", "big", "x=21.5"},
                                      {"0000ac41", "float32", "little", "x=21.5"},
                                      {"4035800000000000", "float64", "big", "x=21.5"},
                                      {"4d60", "float16", "big", "x=21.5"},
                                      {"0001", "float16", "big", "x=5.96046447754e-08"},
                                      {"7c00", "float16", "big", "x=null"},
                                      {"7fc00000", "float32", "big", "x=null"},
                                      {"12 34", "bcd2", "big", "x=1234"},
                                      {"3412", "bcd2", "little", "x=1234"},
                                      {"1a", "bcd1", "big", "x=null"},
                                      {"68690000", "text4", "big", "x='hi'"},
                                      {"ff00", "text2", "big", "!not_utf8"},
                                      {"0x01 0x02", "uint16", "big", "x=258"},
                                      {"01:02", "uint16", "big", "x=258"},
                                      {"01", "uint16", "big", "!too_short"},
                                      {"0", "uint8", "big", "!not_hex"},
                                      {"zz", "uint8", "big", "!not_hex"},
                                      {"", "uint8", "big", "!empty"}};
  for (const LayoutCase& row : cases) {
    BinaryOptions options;
    options.hex = true;
    options.fields = {field(row.type, row.order)};
    BinaryDecoder decoder(options);
    EXPECT_EQ(decoded(decoder, row.hex), row.expected) << row.hex << " " << row.type << " " << row.order;
  }
}

TEST(Binary, TakesBitsScaleAndPlace) {
  BinaryOptions options;
  options.size = 4;
  BinaryField low = field("uint8", "big", 1);
  low.bits = {{0, 3}};
  BinaryField high = field("int8", "big", 1);
  high.name = "y";
  high.bits = {{4, 7}};
  BinaryField last = field("uint16", "big", -2);
  last.name = "z";
  last.scale = 0.1;
  last.offset = -40;
  last.unit = "°C";
  options.fields = {low, high, last};
  BinaryDecoder decoder(options);
  EXPECT_EQ(decoded(decoder, std::string("\x00\xe5\x02\x58", 4)), "x=5 y=-2 z=20 °C");
  EXPECT_EQ(decoded(decoder, "abc"), "!wrong_size");
  EXPECT_EQ(decoded(decoder, "abcde"), "!wrong_size");
}

TEST(Binary, RefusesFieldsThatCannotBe) {
  BinaryType type{};
  std::size_t size = 0;
  for (const std::string_view word :
       {"uint", "uint7", "uint72", "int0", "float24", "bcd9", "text0", "text5000", "uint8x", "", "u8"}) {
    EXPECT_FALSE(parse_binary_type(word, type, size)) << word;
  }
  BinaryField swapped = field("uint24", "word_swap");
  EXPECT_NE(problem_of(swapped), "");
  BinaryField bits = field("uint8", "big");
  bits.bits = {{4, 8}};
  EXPECT_NE(problem_of(bits), "");
  bits = field("float32", "big");
  bits.bits = {{0, 1}};
  EXPECT_NE(problem_of(bits), "");
  EXPECT_NE(problem_of(field("uint32", "big", -3)), "");
  EXPECT_EQ(problem_of(field("uint32", "big", -4)), "");
}

TEST(Binary, GivesBackAnyInteger) {
  EXPECT_TRUE(rc::check([](std::int32_t number, bool little) {
    std::string bytes;
    const auto raw = std::bit_cast<std::uint32_t>(number);
    for (unsigned i = 0; i < 4; ++i) bytes += static_cast<char>(raw >> (little ? i * 8 : 24 - i * 8));
    const auto read = number_in(field("int32", little ? "little" : "big"), bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == static_cast<double>(number));
  }));
}

TEST(Checksum, IsWhatTheLiteratureSays) {
  // "123456789": the check values of the catalogue of parametrised CRC algorithms.
  const std::vector<std::pair<std::string_view, std::uint32_t>> cases{{"none", 0},
                                                                      {"xor", 0x31},
                                                                      {"sum8", 0xdd},
                                                                      {"sum16", 0x1dd},
                                                                      {"twos", 0x23},
                                                                      {"crc8", 0xf4},
                                                                      {"crc8_maxim", 0xa1},
                                                                      {"crc16_modbus", 0x4b37},
                                                                      {"crc16_ccitt", 0x29b1},
                                                                      {"crc16_xmodem", 0x31c3},
                                                                      {"crc16_x25", 0x906e},
                                                                      {"crc32", 0xcbf43926}};
  for (const auto& [word, expected] : cases) {
    const auto kind = checksum_from(word);
    ASSERT_TRUE(kind) << word;
    EXPECT_EQ(checksum_of(*kind, "123456789"), expected) << word;
    EXPECT_LT(static_cast<std::uint64_t>(expected) >> (size_of(*kind) * 8), 1U) << word;
  }
  EXPECT_FALSE(checksum_from("crc9"));
}

}  // namespace
}  // namespace telltale::payload
