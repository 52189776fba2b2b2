#include "daemon/core/selector.h"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

using namespace std::chrono_literals;

TEST(Glob, MatchesAsDescribed) {
  struct Case {
    std::string pattern;
    std::string text;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "press7.oil", true},
      {"press7.*", "press7.oil.temperature", true},
      {"press7.*", "press7", false},
      {"press?.oil", "press7.oil", true},
      {"press?.oil", "press77.oil", false},
      {"?", "ö", true},
      {"??", "ö", false},
      {"*?", "𝄞", true},
      {"?*?", "€", false},
      {"*?x", "€x", true},
      {"press{7,8}.oil", "press8.oil", true},
      {"press{7,8}.oil", "press9.oil", false},
      {"{a,b}{c,d}", "bc", true},
      {"{a,b}{c,d}", "ab", false},
      {"a{,b}", "a", true},
      {"a{,b}", "ab", true},
      {"{*.oil,water.?}", "press.oil", true},
      {"{*.oil,water.?}", "water.12", false},
      {"a.b", "aXb", false},
      {"[a-z]", "a", false},
      {"a,b", "a,b", true},
      {"*a*b", "xaxxab", true},
      {"*aab", "aaab", true},
      {"a*a", "a", false},
      {"**", "x", true},
  };
  for (const auto& c : cases) {
    const auto glob = Glob::parse(c.pattern);
    ASSERT_TRUE(glob) << c.pattern;
    EXPECT_EQ(glob->matches(c.text), c.matches) << c.pattern << " on " << c.text;
  }
  EXPECT_FALSE(Glob().matches(""));
}

TEST(Glob, RefusesWhatItCannotExpand) {
  for (const std::string pattern : {"{", "}", "a{b", "a}b", "{a,{b,c}}", "a\nb", "a\xff", "{a}}"}) {
    const auto glob = Glob::parse(pattern);
    ASSERT_FALSE(glob) << pattern;
    EXPECT_EQ(glob.error().code, ErrorCode::kInvalid);
  }
  EXPECT_TRUE(Glob::parse("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"));
  EXPECT_EQ(Glob::parse("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}").error().code, ErrorCode::kLimit);
  EXPECT_TRUE(Glob::parse(std::string(1024, 'a')));
  EXPECT_EQ(Glob::parse(std::string(1025, 'a')).error().code, ErrorCode::kLimit);
}

TEST(Glob, IsNotSlowedDownByStars) {
  std::string pattern;
  for (int i = 0; i < 256; ++i) pattern += "a*";
  const auto glob = Glob::parse(pattern + "b");
  ASSERT_TRUE(glob);
  // A matcher that tries all ways would not return in the age of the universe.
  EXPECT_FALSE(glob->matches(std::string(4096, 'a')));
  EXPECT_TRUE(glob->matches(std::string(4096, 'a') + "b"));
}

// As the definition says, without any care for time.
bool naive(const std::u32string& pattern, const std::u32string& text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == U'*') return naive(pattern.substr(1), text) || (!text.empty() && naive(pattern, text.substr(1)));
  if (text.empty() || (pattern[0] != U'?' && pattern[0] != text[0])) return false;
  return naive(pattern.substr(1), text.substr(1));
}

std::string encode(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) out += c == U'ö' ? "ö" : c == U'€' ? "€" : std::string(1, static_cast<char>(c));
  return out;
}

RC_GTEST_PROP(GlobProperty, AgreesWithTheDefinition, ()) {
  const auto pattern =
      *rc::gen::resize(8, rc::gen::container<std::u32string>(rc::gen::elementOf(std::u32string(U"aaö**?"))));
  const auto text =
      *rc::gen::resize(10, rc::gen::container<std::u32string>(rc::gen::elementOf(std::u32string(U"aaö€"))));
  const auto glob = Glob::parse(encode(pattern));
  RC_ASSERT(glob.has_value());
  RC_CLASSIFY(naive(pattern, text), "matches");
  RC_ASSERT(glob->matches(encode(text)) == naive(pattern, text));
}

RC_GTEST_PROP(GlobProperty, AlternativesAreTheUnion, ()) {
  const auto part = rc::gen::resize(4, rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab*?"))));
  const auto head = *part;
  const auto one = *part;
  const auto two = *part;
  const auto tail = *part;
  const auto text = *rc::gen::resize(8, rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab"))));
  const auto glob = Glob::parse(head + "{" + one + "," + two + "}" + tail);
  const bool either = Glob::parse(head + one + tail)->matches(text) || Glob::parse(head + two + tail)->matches(text);
  RC_ASSERT(glob->matches(text) == either);
}

SeriesKey key(std::string_view text) { return parse_series_key(text).value(); }

TEST(Selector, ChoosesByNameLabelsAndStatistic) {
  struct Case {
    std::string selector;
    std::string key;
    bool matches;
  };
  const std::vector<Case> cases = {
      {"press7.*", "press7.oil", true},
      {"press7.*", R"(press7.oil{side="left"})", true},
      {R"(press7.*{side="left"})", R"(press7.oil{side="left",zone="2"})", true},
      {R"(press7.*{side="left"})", R"(press7.oil{side="right"})", false},
      {R"(press7.*{side="left"})", "press7.oil", false},
      {R"(press{7,8}.*{side="{left,right}",zone="?"}@mean_1m)", R"(press8.oil{side="right",zone="2"})", true},
      {R"(press{7,8}.*{side="{left,right}",zone="?"}@mean_1m)", R"(press8.oil{side="right",zone="22"})", false},
      {R"({side="left"})", R"(anything{side="left"})", true},
      {R"(x{note="a\"b"})", R"(x{note="a\"b"})", true},
      {R"(x{at="a@b"})", R"(x{at="a@b"})", true},
      {R"(x{odd="{"})", R"(x{odd="{"})", true},
      {R"(x{odd="{"})", R"(x{odd="a"})", false},
      {R"(x{odd="}"})", R"(x{odd="}"})", true},
      {R"(x{odd="{p}"})", R"(x{odd="{p}"})", true},
      {R"(x{odd="="})", R"(x{odd="="})", true},
      {"{a,b}.c", "b.c", true},
      {"temp@min_10s", "temp", true},
  };
  for (const auto& c : cases) {
    const auto selector = Selector::parse(c.selector);
    ASSERT_TRUE(selector) << c.selector << ": " << selector.error().text();
    EXPECT_EQ(selector->matches(key(c.key)), c.matches) << c.selector << " on " << c.key;
    EXPECT_EQ(selector->text(), c.selector);
  }
}

TEST(Selector, ReadsTheStatisticBehindIt) {
  const auto selector = Selector::parse(R"(a{b="c"}@mean_1h30m)");
  ASSERT_TRUE(selector);
  ASSERT_TRUE(selector->window_stat());
  EXPECT_EQ(*selector->window_stat(), (WindowStat{Stat::kMean, 90min}));
  EXPECT_EQ(selector->window_stat()->text(), "mean_1h30m");
  EXPECT_FALSE(Selector::parse("a")->window_stat());
}

TEST(Selector, RefusesBadTextAndSaysWhy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "a selector is"},
      {"a{", "without '}'"},
      {"a{b=\"c}", "no closing quote"},
      {"a{b=\"c\"", "comes ',' or '}'"},
      {"a{b=\"c\"x}", "comes ',' or '}'"},
      {"a{b=\"c\",}", "name=\"value\""},
      {"a{=\"c\"}", "not the name of a label"},
      {"a{b=\"c\"}x", "only @stat_window"},
      {"a{b=\"c\"}{d=\"e\"}", "only @stat_window"},
      {"a=b", "labels are written"},
      {"a\"b", "labels are written"},
      {"@mean_1m", "only @stat_window"},
      {"a@", "not a window statistic"},
      {"a@mean", "not a window statistic"},
      {"a@mean_", "not a duration"},
      {"a@mean_0s", "longer than nothing"},
      {"a@median_1m", "not a statistic"},
      {"a@p94_1m", "not a statistic"},
      {"a@mean_1m@max_1m", "not a statistic"},
      {"a\nb", "control characters"},
  };
  for (const auto& [text, reason] : cases) {
    const auto selector = Selector::parse(text);
    ASSERT_FALSE(selector) << text;
    EXPECT_THAT(selector.error().message, testing::HasSubstr(reason)) << text;
  }
  EXPECT_FALSE(Selector::parse(std::string(20'000, 'a')));
}

TEST(WindowStat, ReadsItsOwnText) {
  for (const auto stat :
       {Stat::kCount, Stat::kSum, Stat::kMean, Stat::kMin, Stat::kMax, Stat::kFirst, Stat::kLast, Stat::kDelta,
        Stat::kStd, Stat::kP50, Stat::kP90, Stat::kP95, Stat::kP99, Stat::kIncrease, Stat::kRate}) {
    for (const Duration window : {Duration(10s), Duration(15min), Duration(24h), Duration(250ms)}) {
      const WindowStat made{stat, window};
      EXPECT_EQ(parse_window_stat(made.text()).value(), made);
    }
  }
}

RC_GTEST_PROP(SelectorProperty, AnyTextIsReadOrRefused, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab{}\"=,@_\\*?1m")));
  const auto selector = Selector::parse(text);
  if (selector) RC_ASSERT(selector->text() == text);
}

}  // namespace
}  // namespace telltale::core
