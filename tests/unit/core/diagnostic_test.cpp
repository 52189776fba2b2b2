#include "daemon/core/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::core {
namespace {

TEST(Diagnostics, ShowsPlaceLineAndCaretInOrder) {
  Diagnostics diagnostics;
  diagnostics.warning({3, 3}, "old word");
  diagnostics.error({1, 4}, "wrong word");
  diagnostics.error({0, 0}, "the whole file");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.render("telltale.yaml", "größe: 1\r\n\n\tx: 2"),
            "telltale.yaml: error: the whole file\n"
            "telltale.yaml:1:4: error: wrong word\n"
            "  größe: 1\n"
            "     ^\n"
            "telltale.yaml:3:3: warning: old word\n"
            "   x: 2\n"
            "    ^\n");
}

TEST(Diagnostics, CutsLongLinesAroundTheCaret) {
  Diagnostics diagnostics;
  diagnostics.error({1, 500}, "here");
  const std::string source = std::string(499, 'a') + "X" + std::string(1'000, 'b');
  const std::string text = diagnostics.render("f", source);
  const auto line = text.find("\n  ") + 1;
  const auto caret_line = text.find('\n', line) + 1;
  // "…" has three bytes and one column.
  EXPECT_EQ(text.find('^') - caret_line, text.find('X') - line - 2);
  EXPECT_LT(text.size(), 400U);
}

TEST(Diagnostics, SurvivesPlacesOutsideOfTheSource) {
  Diagnostics diagnostics;
  diagnostics.error({99, 7}, "beyond");
  diagnostics.error({1, 99}, "beyond");
  diagnostics.error({1, 0}, "before");
  EXPECT_THAT(diagnostics.render("f", "short"), testing::HasSubstr("f:99:7: error: beyond"));
}

TEST(Diagnostics, DoesNotShowALineThatHoldsASecret) {
  Diagnostics inner;
  inner.hide_line(1);
  inner.error({1, 1}, "bad");
  Diagnostics diagnostics;
  diagnostics.append(inner);
  const auto text = diagnostics.render("f", "password: hunter2\n");
  EXPECT_THAT(text, testing::HasSubstr("f:1:1: error: bad"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("hunter2")));
}

TEST(Diagnostics, ShowsNoControlCharactersOfTheFile) {
  Diagnostics diagnostics;
  diagnostics.error({1, 1}, "a\nb");
  EXPECT_EQ(diagnostics.render("x\x1b", "k\x1b[31m\xff"), "x\\x1b:1:1: error: a\\nb\n  k?[31m\xef\xbf\xbd\n  ^\n");
}

TEST(Diagnostics, CountsWhatItDoesNotShow) {
  Diagnostics diagnostics;
  for (int i = 0; i < 150; ++i) diagnostics.error({1, 1}, "e");
  EXPECT_THAT(diagnostics.render("f", "x"), testing::EndsWith("f: and 50 more\n"));
}

TEST(Diagnostics, WarningsAreNoErrors) {
  Diagnostics diagnostics;
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.warning({1, 1}, "w");
  EXPECT_FALSE(diagnostics.has_errors());
}

TEST(NearestWord, FindsSlipsAndNothingFar) {
  const std::vector<std::string> words = {"url", "subscribe", "password", "unit", "qos", "x"};
  EXPECT_EQ(nearest_word("subcribe", words), "subscribe");
  EXPECT_EQ(nearest_word("passwrod", words), "password");
  EXPECT_EQ(nearest_word("URL", words), "url");
  EXPECT_EQ(nearest_word("uni", words), "unit");
  EXPECT_EQ(nearest_word("units", words), "unit");
  EXPECT_EQ(nearest_word("qso", words), "qos");
  EXPECT_EQ(nearest_word("y", words), "");
  EXPECT_EQ(nearest_word("temperature", words), "");
  EXPECT_EQ(nearest_word("", words), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), words), "");
}

}  // namespace
}  // namespace telltale::core
