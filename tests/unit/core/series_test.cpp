#include "daemon/core/series.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "daemon/core/selector.h"

namespace telltale::core {
namespace {

TEST(SeriesKey, WritesLabelsSortedAndEscaped) {
  const auto key = make_series_key("press7.oil", {{"side", "left"}, {"note", "a\"b\\c"}});
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(key->text(), R"(press7.oil{note="a\"b\\c",side="left"})");
  EXPECT_EQ(make_series_key("plain", {})->text(), "plain");
}

TEST(SeriesKey, RefusesWhatSelectorsOrTerminalsWouldMisread) {
  struct Case {
    std::string name;
    Labels labels;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"", {}, "needs a name"},
      {std::string(257, 'a'), {}, "longer than 256"},
      {"a\nb", {}, "control"},
      {"a\x7f", {}, "control"},
      {"a\xc2\x85", {}, "control"},
      {"a\xff", {}, "UTF-8"},
      {"a\xc0\xaf", {}, "UTF-8"},
      {"a\xed\xa0\x80", {}, "UTF-8"},
      {"a*", {}, "contains '*'"},
      {"a?b", {}, "contains '?'"},
      {"a{b}", {}, "contains '{'"},
      {"a@mean_1m", {}, "contains '@'"},
      {"a,b", {}, "contains ','"},
      {"a=b", {}, "contains '='"},
      {"a\"b", {}, "contains '\"'"},
      {"a", {{"", "x"}}, "label name"},
      {"a", {{"1st", "x"}}, "label name"},
      {"a", {{"ro om", "x"}}, "label name"},
      {"a", {{"raum\xc3\xa4", "x"}}, "label name"},
      {"a", {{"room", std::string(257, 'x')}}, "longer than 256"},
      {"a", {{"room", "x\ny"}}, "control"},
      {"a", {{"room", "1"}, {"room", "2"}}, "twice"},
      {"a", Labels(17, {"room", "1"}), "at most 16"},
  };
  for (const auto& bad : cases) {
    const auto key = make_series_key(bad.name, bad.labels);
    ASSERT_FALSE(key) << bad.name;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(key.error().message, testing::HasSubstr(bad.reason));
  }
}

TEST(SeriesKey, AcceptsTheLimitsThemselves) {
  EXPECT_TRUE(make_series_key(std::string(256, 'a'), {}));
  EXPECT_TRUE(make_series_key("Öl.temperatur in °C", {{"_", ""}, {"room", std::string(256, 'x')}}));
}

TEST(SeriesKey, RefusesTextThatIsNoKey) {
  for (const std::string text :
       {"", "a{", "a{}", "a{b}", "a{b=c}", "a{b=\"c}", "a{b=\"c\"", "a{b=\"c\",}", "a{b=\"c\"}x", "a{b=\"c\"}}",
        "{b=\"c\"}", "a{b=\"c\",b=\"d\"}", "a{b=\"c\\", "a{b=\"c\" ,d=\"e\"}"}) {
    EXPECT_FALSE(parse_series_key(text)) << text;
  }
}

TEST(SeriesInfo, NamesStatesAndNothingElse) {
  SeriesInfo info;
  info.declaration.states = {{0, "off"}, {1, "on"}, {-3, "fault"}};
  EXPECT_EQ(info.state_name(1), "on");
  EXPECT_EQ(info.state_name(-3), "fault");
  EXPECT_EQ(info.state_name(0.5), std::nullopt);
  EXPECT_EQ(info.state_name(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
}

TEST(SeriesKind, ReadsItsOwnNames) {
  for (const auto kind : {SeriesKind::kGauge, SeriesKind::kCounter, SeriesKind::kState, SeriesKind::kEvent}) {
    EXPECT_EQ(series_kind_from(to_text(kind)), kind);
  }
  EXPECT_EQ(series_kind_from("Gauge"), std::nullopt);
  EXPECT_EQ(series_kind_from(""), std::nullopt);
}

// Texts in which awkward characters are likely.
rc::Gen<std::string> text_of(std::vector<std::string> pieces) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::move(pieces))),
                      [](const std::vector<std::string>& chosen) {
                        std::string text;
                        for (const auto& piece : chosen) text += piece;
                        return text;
                      });
}

RC_GTEST_PROP(SeriesKeyProperty, TextReadsBackAndSelectsItself, ()) {
  const auto name = "n" + *text_of({"a", ".", " ", "ö", "\\", "𝄞", "_"});
  const auto value = text_of({"a", "\"", "\\", "{", "}", ",", "=", "@", "*", "?", " ", "ö", "€", "=\"", "\"}"});
  Labels labels;
  for (const auto& text : *rc::gen::resize(8, rc::gen::container<std::vector<std::string>>(value))) {
    labels.emplace_back("l" + std::to_string(labels.size()), text);
  }
  const auto key = make_series_key(name, labels);
  RC_PRE(key.has_value());  // only the limits of length are left to refuse it
  const auto back = parse_series_key(key->text());
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == *key);
  const auto selector = Selector::parse(key->text());
  RC_ASSERT(selector.has_value());
  RC_ASSERT(selector->matches(*key));
}

RC_GTEST_PROP(SeriesKeyProperty, AnyTextIsReadCanonicallyOrRefused, (const std::string& text)) {
  const auto key = parse_series_key(text);
  if (key) RC_ASSERT(*parse_series_key(key->text()) == *key);
}

}  // namespace
}  // namespace telltale::core
