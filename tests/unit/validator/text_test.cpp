#include "sdk/validator/text.h"

#include <string>

#include <gtest/gtest.h>

namespace telltale::validator {
namespace {

TEST(Text, Utf8IsWhatRfc3629SaysItIs) {
  struct Row {
    std::string text;
    bool utf8;
    bool clean;
  };
  const Row table[] = {
      {"", true, true},
      {"21.5 °C", true, true},
      {"\xf0\x9f\x8c\xa1", true, true},
      {"\xf4\x8f\xbf\xbf", true, true},
      {"a\nb", true, false},
      {"\x7f", true, false},
      {"\xc2\x85", true, false},       // C1
      {"\xb0", false, false},          // alone
      {"\xc2", false, false},          // cut off
      {"\xc0\x80", false, false},      // longer than needed
      {"\xe0\x80\xaf", false, false},  // longer than needed
      {"\xed\xa0\x80", false, false},  // half of a pair
      {"\xf4\x90\x80\x80", false, false},
      {"\xff", false, false},
  };
  for (const Row& row : table) {
    EXPECT_EQ(is_utf8(row.text), row.utf8) << shown(row.text);
    EXPECT_EQ(is_clean(row.text), row.clean) << shown(row.text);
  }
}

TEST(Text, WhatIsShownIsOnePrintableLine) {
  EXPECT_EQ(shown("°C"), "°C");
  EXPECT_EQ(shown("a\nb\x1b[31m\xff"), "a\\x0ab\\x1b[31m\\xff");
  EXPECT_EQ(shown(std::string(1'000, 'x'), 3), "xxx…");
  EXPECT_EQ(shown(telltale_str{nullptr, 5}), "(a length without a text)");
  EXPECT_EQ(shown(telltale_str{"ab", 2}), "ab");
  EXPECT_EQ(shown(telltale_str{"ab", 5'000}), "(a length of 5000 bytes)");
}

TEST(Text, WordsAreThoseOfTheAbi) {
  for (const char* word : {"a", "modbus", "a_1"}) EXPECT_TRUE(is_word(word)) << word;
  for (const char* word : {"", "1a", "_a", "A", "a-b", "a b", "ä"}) EXPECT_FALSE(is_word(word)) << word;
  EXPECT_TRUE(is_word("a-b", "-"));
}

TEST(Text, ALengthWithoutATextIsNotSane) {
  EXPECT_TRUE(is_sane({nullptr, 0}, 10));
  EXPECT_FALSE(is_sane({nullptr, 1}, 10));
  EXPECT_FALSE(is_sane({"x", UINT64_MAX}, 10));
}

}  // namespace
}  // namespace telltale::validator
