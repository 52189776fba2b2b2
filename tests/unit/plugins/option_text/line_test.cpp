#include "plugins/option_text/line.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "daemon/core/utf8.h"
#include "tests/support/option_tree.h"

namespace telltale::option_text {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr telltale_option kTable[] = {Option::text("token", "A text."), Option::text("other", "Another.")};

std::string refusal_of(const std::string& text) {
  const test::OptionTree tree(kTable, test::Given::section({{"token", test::Given(text)}}));
  try {
    return "taken: " + line_of(Options(tree.root()), "token", 20);
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(OptionText, TakesALineOfUtf8) {
  for (const char* text : {"plain", "Prüfstand 1", "温度", "\xf0\x9f\x8c\xa1", "'\"\\%s{}$"}) {
    EXPECT_EQ(refusal_of(text), std::string("taken: ") + text);
  }
  const test::OptionTree tree(kTable);
  EXPECT_EQ(line_of(Options(tree.root()), "other"), "");
}

TEST(OptionText, RefusesWhatHasNoPlaceInALineAndDoesNotRepeatIt) {
  using std::string_literals::operator""s;
  for (const std::string& text : {"secret\n"s, "\rsecret"s, "se\0cret"s, "\x1b[31m"s, "\x7f"s}) {
    EXPECT_THAT(refusal_of(text), HasSubstr("token: one line"));
    EXPECT_THAT(refusal_of(text), Not(HasSubstr("secret")));
  }
  for (const std::string& text : {"\xff"s, "\xc0\x80"s, "\xed\xa0\x80"s, "\xe2\x82"s, "\xf4\x90\x80\x80"s, "a\x80"s}) {
    EXPECT_EQ(refusal_of(text), "token: it is no UTF-8");
  }
  EXPECT_EQ(refusal_of(std::string(100'000, 'x')), "token: at most 20 bytes");
  EXPECT_EQ(refusal_of(std::string(20, 'x')), "taken: " + std::string(20, 'x'));
}

bool is_utf8_there(std::string_view text) {
  while (!text.empty()) {
    if (!core::take_utf8(text)) return false;
  }
  return true;
}

TEST(OptionText, KnowsEveryStartOfACharacter) {
  for (unsigned first = 0x80; first < 0x100; ++first) {
    for (unsigned second = 0x70; second < 0x100; ++second) {
      for (const std::string_view rest : {"", "\x80", "\xbf\xbf", "\x80\xc0"}) {
        const std::string text{static_cast<char>(first), static_cast<char>(second)};
        ASSERT_EQ(is_utf8(text + std::string(rest)), is_utf8_there(text + std::string(rest))) << first << " " << second;
      }
    }
  }
}

RC_GTEST_PROP(OptionTextProperty, SaysOfAnyBytesWhatTheDaemonSays, (const std::string& bytes)) {
  RC_ASSERT(is_utf8(bytes) == is_utf8_there(bytes));
}

}  // namespace
}  // namespace telltale::option_text
