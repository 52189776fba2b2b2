// CSV, key=value and regular expressions.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/key_value_payload.hpp>
#include <telltale/payload/regex_payload.hpp>
#include <telltale/payload/separated_payload.hpp>

#include "tests/unit/payload/collect.h"

namespace telltale::payload {
namespace {

using namespace std::string_view_literals;

void expect(Decoder& decoder, const std::vector<PayloadCase>& cases) {
  for (const PayloadCase& row : cases) EXPECT_EQ(decoded(decoder, row.payload), row.expected) << row.payload;
}

std::unique_ptr<RegexDecoder> regex(RegexOptions options) {
  auto made = RegexDecoder::make(std::move(options));
  if (const auto* reason = std::get_if<std::string>(&made)) throw std::invalid_argument(*reason);
  return std::get<std::unique_ptr<RegexDecoder>>(std::move(made));
}

std::string problem(const std::string& pattern) {
  const auto made = RegexDecoder::make({{pattern}});
  const auto* reason = std::get_if<std::string>(&made);
  return reason == nullptr ? std::string() : *reason;
}

TEST(Separated, NamesCellsByTheirPlace) {
  SeparatedDecoder decoder({});
  expect(decoder, {{"21.5,40 %,off,abc", "1=21.5 2=40 % 3=off:0 4='abc'"},
                   {"1,2\r\n3,4\r\n", "1=1 2=2 | 1=3 2=4"},
                   {"1,,3", "1=1 3=3"},
                   {" 1 , 2 ", "1=1 2=2"},
                   {"\"a,\"\"b\"\"\",2", "1='a,\"b\"' 2=2"},
                   {"\"3\" ,4", "1=3 2=4"},
                   {"\"open,1", "!bad_quote"},
                   {"\"a\"b,1\n2,3", "!bad_quote 1=2 2=3"},
                   {"", "!empty"},
                   {"\r\n\n", "!empty"},
                   {"\xff,1", "!not_utf8"},
                   {"1e999,nan", "1='1e999' 2='nan'"}});
  EXPECT_EQ(decoded(decoder, std::string(2'000, ',')), "!too_many_fields");
  EXPECT_EQ(decoded(decoder, std::string(kMaxPayloadBytes + 1, '1')), "!too_large");
}

TEST(Separated, KnowsItsColumns) {
  SeparatedDecoder decoder({';', {"t", "-", "h"}, false, true});
  expect(decoder, {{"21,5;x;40.25", "t=21.5 h=40.25"},
                   {"1;2;3;", "t=1 h=3"},
                   {"1;2;3;4", "!wrong_columns"},
                   {"1;2", "!wrong_columns"},
                   {"1;2\n4;5;6", "!wrong_columns t=4 h=6"}});
}

TEST(Separated, LearnsItsHeader) {
  SeparatedDecoder decoder({',', {}, true, false});
  EXPECT_EQ(decoded(decoder, "temp,hum\n1,2"), "temp=1 hum=2");
  EXPECT_EQ(decoded(decoder, "3,4"), "temp=3 hum=4");
  EXPECT_EQ(decoded(decoder, "a,b,c"), "");
  EXPECT_EQ(decoded(decoder, "3,4,5"), "a=3 b=4 c=5");
}

TEST(Separated, TakesRunsOfBlanks) {
  SeparatedDecoder decoder({SeparatedOptions::kBlanks, {}, false, false});
  expect(decoder, {{"  1 \t 2   3  ", "1=1 2=2 3=3"}, {"x", "1='x'"}});
}

TEST(Separated, GivesBackWhatWasWritten) {
  EXPECT_TRUE(rc::check([](const std::vector<std::int32_t>& numbers) {
    RC_PRE(!numbers.empty() && numbers.size() <= 100U);
    std::string row;
    std::string expected;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      row += (i == 0 ? "" : ";") + std::to_string(numbers[i]);
      char digits[40];
      std::snprintf(digits, sizeof digits, "%.12g", static_cast<double>(numbers[i]));
      expected += (i == 0 ? "" : " ") + std::to_string(i + 1) + "=" + digits;
    }
    SeparatedDecoder decoder({';', {}, false, false});
    RC_ASSERT(decoded(decoder, row) == expected);
  }));
}

TEST(KeyValue, FindsPairs) {
  KeyValueDecoder decoder({});
  expect(decoder, {{"T=21.5 H=40%", "T=21.5 H=40 %"},
                   {"weight: 12.5 kg; stable: yes", "weight=12.5 stable=yes:1"},
                   {"a = 1, b:2 & c=3|d=4\r\n", "a=1 b=2 c=3 d=4"},
                   {"STATUS OK T=1", "T=1"},
                   {"name=\"a b=c\" x=1", "name='a b=c' x=1"},
                   {"name=\"open", "!bad_quote"},
                   {"a= b=2", "a='b=2'"},
                   {"a=1 a=2", "!duplicate_key"},
                   {"nothing here", "!nothing_there"},
                   {"= = =", "!nothing_there"},
                   {"  ", "!empty"},
                   {"", "!empty"},
                   {"a=\xff", "!not_utf8"}});
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "k" + std::to_string(i) + "=1 ";
  EXPECT_EQ(decoded(decoder, many), "!too_many_fields");
}

TEST(KeyValue, TakesOtherSeparators) {
  KeyValueOptions options;
  options.separators = ";";
  options.assigns = ":";
  options.decimal_comma = true;
  KeyValueDecoder decoder(options);
  expect(decoder, {{"Temp:21,5 °C;Name:Hall 2", "Temp=21.5 °C Name='Hall 2'"}});
}

TEST(Regex, TakesNamedGroups) {
  const auto decoder = regex({{R"(W\s*(?<weight>[-\d.]+)\s*kg)"}});
  expect(*decoder, {{"W  12.50 kg", "weight=12.5"},
                    {"ST,GS,W -3 kg\r\n", "weight=-3"},
                    {"W12.5kg W 3kg", "weight=12.5"},
                    {"W kg", "!no_match"},
                    {"", "!no_match"},
                    {"\xff\xfeW 7 kg\xff", "weight=7"},
                    {"W ... kg", "weight='...'"},
                    {"\0W 7 kg"sv, "weight=7"}});
}

TEST(Regex, NumbersGroupsWithoutNames) {
  expect(*regex({{R"((\d+)-(\d+))"}}), {{"1-2", "1=1 2=2"}});
  expect(*regex({{R"(\d+)"}}), {{"a 12 b", "=12"}});
  expect(*regex({{R"((?<a>x)?(?<b>\d))"}}), {{"1", "b=1"}});
}

TEST(Regex, TriesOnePatternAfterTheOther) {
  RegexOptions options;
  options.patterns = {R"(T(?<t>\d+))", R"(H(?<h>\d+))"};
  expect(*regex(options), {{"H5 T4", "t=4"}, {"H5", "h=5"}, {"X", "!no_match"}});
  options.every_match = true;
  expect(*regex(options), {{"T1 T2 H3", "t=1 | t=2"}});
  expect(*regex({{"x*"}, true, false}), {{"ab", " |"}});
}

TEST(Regex, RefusesWhatIsNoPattern) {
  EXPECT_NE(problem("(").find("wrong at character"), std::string::npos);
  EXPECT_NE(problem("[z-a]").find("wrong at character"), std::string::npos);
  EXPECT_NE(problem(R"(\C)"), "");
  EXPECT_NE(problem(""), "");
  EXPECT_NE(problem(std::string(3'000, 'a')), "");
  EXPECT_NE(problem(std::string(60, '(') + std::string(60, ')')), "");
}

TEST(Regex, GivesUpAMatchThatCostsTooMuch) {
  const auto decoder = regex({{"^(a+)+$"}});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(decoded(*decoder, std::string(40, 'a') + "b"), "!regex_limit");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_EQ(decoded(*decoder, std::string(70'000, 'a')), "!too_large");
}

TEST(TextForms, EndOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    SeparatedDecoder separated({',', {}, true, true});
    KeyValueDecoder pairs({});
    const auto pattern = regex({{R"((?<n>\w+)[=:](?<v>.*?);)"}, true, false});
    for (Decoder* decoder : std::initializer_list<Decoder*>{&separated, &pairs, pattern.get()}) {
      (void)decoded(*decoder, bytes);
    }
  }));
}

}  // namespace
}  // namespace telltale::payload
