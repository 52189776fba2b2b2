#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/json_payload.hpp>

namespace telltale::payload {
namespace {

using ::testing::ElementsAre;

JsonPath path_of(std::string_view text) {
  auto parsed = parse_json_path(text);
  if (auto* error = std::get_if<JsonPathError>(&parsed)) ADD_FAILURE() << text << ": " << error->reason;
  return std::get<JsonPath>(parsed);
}

std::string text_of(const JsonLeaf& leaf) {
  std::string text(leaf.path);
  switch (leaf.type) {
    case JsonType::kNumber: {
      char digits[40];
      return text + "=" +
             std::string(digits, static_cast<std::size_t>(std::snprintf(digits, 40, "%.17g", leaf.number)));
    }
    case JsonType::kBoolean:
      return text + (leaf.number != 0 ? "=true" : "=false");
    case JsonType::kText:
      return text + "='" + std::string(leaf.text) + "'";
    default:
      return text + "=null";
  }
}

// What is found, or the fault's word alone.
std::vector<std::string> decode(std::string_view payload, std::string_view path = "",
                                JsonTexts texts = JsonTexts::kIgnore) {
  JsonDecoder decoder;
  JsonSelection selection;
  selection.value = path_of(path);
  selection.texts = texts;
  const std::vector<char> exact(payload.begin(), payload.end());  // a sanitizer sees each step beyond it
  const JsonFault fault = decoder.decode({exact.data(), exact.size()}, selection);
  if (fault != JsonFault::kNone) return {"!" + std::string(to_word(fault))};
  std::vector<std::string> found;
  for (const JsonLeaf& leaf : decoder.leaves()) found.push_back(text_of(leaf));
  return found;
}

struct Case {
  std::string_view payload;
  std::string_view path;
  std::vector<std::string> found;
};

TEST(JsonPayload, TakesWhatThePathNames) {
  const std::vector<Case> cases{
      {R"({"value": 21.5})", "$.value", {"=21.5"}},
      {R"({"value": 21.5})", "/value", {"=21.5"}},
      {R"({"value": 21.5})", "value", {"=21.5"}},
      {R"({"a":{"b":[1,2,3]}})", "$.a.b[1]", {"=2"}},
      {R"({"a":{"b":[1,2,3]}})", "/a/b/1", {"=2"}},
      {R"({"a":{"b":[1,2,3]}})", "$['a'][\"b\"][2]", {"=3"}},
      {R"({"a b":1,"c/d":2,"e~f":3})", "$['a b']", {"=1"}},
      {R"({"a b":1,"c/d":2,"e~f":3})", "/c~1d", {"=2"}},
      {R"({"a b":1,"c/d":2,"e~f":3})", "/e~0f", {"=3"}},
      {R"({"a":{"b":1,"c":{"d":2}}})", "$.a", {"b=1", "c.d=2"}},
      {R"({"a":{"b":1},"c":2})", "$.*", {"a.b=1", "c=2"}},
      {R"({"r1":{"t":1},"r2":{"t":2}})", "$.*.t", {"r1=1", "r2=2"}},
      {R"([[1,2],[3,4]])", "$[*][0]", {"0=1", "1=3"}},
      {"21.5", "", {"=21.5"}},
      {" \n true ", "$", {"=true"}},
      {R"({"v":null})", "$.v", {"=null"}},
      {R"({"":1})", "$['']", {"=1"}},
      {R"({"\u00e4":1})", "$.ä", {"=1"}},
      {R"({"v":1})", "$.w", {"!nothing_there"}},
      {R"({"v":[1]})", "$.v[1]", {"!nothing_there"}},
      {R"({"v":1})", "$.v.w", {"!nothing_there"}},
      {R"({"v":"warm"})", "$.v", {"!not_a_reading"}},
      {R"({"v":"21"})", "$.v", {"!not_a_reading"}},
      {R"({"v":{}})", "$.v", {"!nothing_there"}},
  };
  for (const Case& row : cases) EXPECT_EQ(decode(row.payload, row.path), row.found) << row.payload << " " << row.path;
}

TEST(JsonPayload, TakesEveryLeafWhenNoPathIsGiven) {
  EXPECT_THAT(decode(R"({"t":1.5,"on":true,"name":"x","none":null,"in":{"a":[2,{"b":3}]}})"),
              ElementsAre("t=1.5", "on=true", "in.a.0=2", "in.a.1.b=3"));
  EXPECT_THAT(decode("[1,2]"), ElementsAre("0=1", "1=2"));
  EXPECT_THAT(decode("{}"), ElementsAre("!nothing_there"));
  EXPECT_THAT(decode(R"({"a":"text"})"), ElementsAre("!nothing_there"));
}

TEST(JsonPayload, TakesTextsOnlyWhenAsked) {
  EXPECT_THAT(decode(R"({"v":"21.5"})", "$.v", JsonTexts::kAsNumbers), ElementsAre("=21.5"));
  EXPECT_THAT(decode(R"({"v":"x"})", "$.v", JsonTexts::kAsNumbers), ElementsAre("!not_a_reading"));
  EXPECT_THAT(decode(R"({"a":"1","b":"x","c":2})", "", JsonTexts::kAsNumbers), ElementsAre("a=1", "c=2"));
  EXPECT_THAT(decode(R"({"v":"op\u0065n"})", "$.v", JsonTexts::kKeep), ElementsAre("='open'"));
  EXPECT_THAT(decode(R"("open")", "", JsonTexts::kKeep), ElementsAre("='open'"));
}

TEST(JsonPayload, RoundsNumbersToTheNearestDouble) {
  EXPECT_THAT(decode("123456789012345678901234567890"), ElementsAre("=1.2345678901234568e+29"));
  EXPECT_THAT(decode("9007199254740993"), ElementsAre("=9007199254740992"));
  EXPECT_THAT(decode("74.93588199999998"), ElementsAre("=74.935881999999978"));
  EXPECT_THAT(decode("-0.0"), ElementsAre("=-0"));
  EXPECT_THAT(decode("1e-999"), ElementsAre("=0"));
  EXPECT_THAT(decode("1E+2"), ElementsAre("=100"));
  EXPECT_THAT(decode("1e999"), ElementsAre("!out_of_range"));
}

TEST(JsonPayload, RefusesWhatIsNotJson) {
  for (const std::string_view payload : {"",
                                         " ",
                                         "{",
                                         "}",
                                         "[1",
                                         "[1,]",
                                         "[1 2]",
                                         "{\"a\":}",
                                         "{\"a\" 1}",
                                         "{\"a\":1,}",
                                         "{a:1}",
                                         "{'a':1}",
                                         "1 2",
                                         "1,2",
                                         "1],[2",
                                         "tru",
                                         "truex",
                                         "nul",
                                         "+1",
                                         "01",
                                         "1.",
                                         ".5",
                                         "1e",
                                         "1e+",
                                         "0x10",
                                         "--1",
                                         "- 1",
                                         "1_000",
                                         "\"open",
                                         "\"a\nb\"",
                                         "\"\\x\"",
                                         "\"\\ud800\"",
                                         "{\"a\":1}}",
                                         "{\"a\":1}x",
                                         "[1]]",
                                         "hello",
                                         "{\"a\":1 \"b\":2}",
                                         "{\"a\":tru}",

                                         "/",
                                         "1//",
                                         "{\"a\"}",
                                         "{1:2}",
                                         "[,1]",
                                         "[1,,2]"}) {
    EXPECT_THAT(decode(payload), ElementsAre("!not_json")) << payload;
    EXPECT_THAT(decode("{\"v\":1,\"x\":" + std::string(payload) + "}", "$.v"), ElementsAre("!not_json")) << payload;
  }
  EXPECT_THAT(decode(std::string_view("1\0", 2)), ElementsAre("!not_json"));
}

TEST(JsonPayload, NamesTheReasonOfHostileMessages) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); };
  EXPECT_THAT(decode(nested(64)), ElementsAre(::testing::EndsWith("=1")));
  EXPECT_THAT(decode(nested(65)), ElementsAre("!too_deep"));
  EXPECT_THAT(decode(std::string(100'000, '[')), ElementsAre("!too_deep"));
  EXPECT_THAT(decode(nested(2'000)), ElementsAre("!too_deep"));

  std::string many = "{\"k0\":0";
  for (int i = 1; i < 10'000; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  EXPECT_THAT(decode(many + "}"), ElementsAre("!too_many_values"));
  EXPECT_THAT(decode("{\"v\":\"" + std::string(1'000'000, 'x') + "\"}"), ElementsAre("!too_large"));
  EXPECT_THAT(decode("{\"v\":\"" + std::string(100'000, 'x') + "\"}"), ElementsAre("!text_too_long"));
  EXPECT_THAT(decode("{\"" + std::string(100'000, 'x') + "\":1}"), ElementsAre("!text_too_long"));
  EXPECT_THAT(decode("{\"" + std::string(300, 'x') + "\":1}"), ElementsAre("!text_too_long"));  // as part of a name

  EXPECT_THAT(decode(R"({"a":1,"a":2})"), ElementsAre("!duplicate_key"));
  EXPECT_THAT(decode(R"({"a":1,"\u0061":2})"), ElementsAre("!duplicate_key"));
  EXPECT_THAT(decode(R"({"b":1,"x":{"c":1,"c":2}})", "$.b"), ElementsAre("!duplicate_key"));
  std::string twice = "{\"k0\":0";
  for (int i = 0; i < 100; ++i) twice += ",\"k" + std::to_string((i * 37) % 100 + 1) + "\":1";
  EXPECT_EQ(decode(twice + "}").size(), 101U);
  EXPECT_THAT(decode(twice + ",\"k50\":1}"), ElementsAre("!duplicate_key"));

  EXPECT_THAT(decode(R"({"v":NaN})", "$.v"), ElementsAre("!not_finite"));
  EXPECT_THAT(decode(R"({"v":-Infinity})", "$.v"), ElementsAre("!not_finite"));
  EXPECT_THAT(decode("NaN"), ElementsAre("!not_finite"));
  EXPECT_THAT(decode("{\"v\":\"\xff\"}", "$.v"), ElementsAre("!not_utf8"));
  EXPECT_THAT(decode("{\"v\":1,\"x\":\"\xc0\x80\"}", "$.v"), ElementsAre("!not_utf8"));
}

TEST(JsonPayload, TakesTheTimeBeside) {
  JsonDecoder decoder;
  JsonSelection selection;
  selection.value = path_of("$.v");
  selection.time = path_of("$.meta.ts");
  ASSERT_EQ(decoder.decode(R"({"meta":{"ts":1700000000123},"v":1})", selection), JsonFault::kNone);
  ASSERT_TRUE(decoder.time());
  EXPECT_EQ(decoder.time()->text, "1700000000123");
  ASSERT_EQ(decoder.decode(R"({"v":1,"meta":{"ts":"2026-01-01T00:00:00Z"}})", selection), JsonFault::kNone);
  EXPECT_EQ(decoder.time()->text, "2026-01-01T00:00:00Z");
  ASSERT_EQ(decoder.decode(R"({"v":1,"meta":{}})", selection), JsonFault::kNone);
  EXPECT_FALSE(decoder.time());
  ASSERT_EQ(decoder.decode(R"({"v":1,"meta":{"ts":true}})", selection), JsonFault::kNone);
  EXPECT_FALSE(decoder.time());
}

TEST(JsonPayload, ForgetsTheMessageBefore) {
  JsonDecoder decoder;
  const JsonSelection all;
  ASSERT_EQ(decoder.decode(R"({"a":1,"b":2})", all), JsonFault::kNone);
  EXPECT_EQ(decoder.decode("{\"a\":3,\"b\":", all), JsonFault::kNotJson);
  EXPECT_TRUE(decoder.leaves().empty());
  ASSERT_EQ(decoder.decode("7", all), JsonFault::kNone);
  ASSERT_EQ(decoder.leaves().size(), 1U);
  EXPECT_EQ(decoder.leaves().front().path, "");
}

TEST(JsonPath, SaysWhereItIsWrong) {
  const std::vector<std::pair<std::string_view, std::size_t>> cases{
      {"$a", 1},        {"$.", 2},   {"$..a", 2},  {"$.a[", 4}, {"$.a[x]", 4}, {"$.a['b]", 7}, {"$.a[1", 5},
      {"$.a[?(@)]", 4}, {"/a~2", 2}, {"$.a b", 2}, {".a", 0},   {"$[-1]", 2},  {"a]", 0}};
  for (const auto& [text, position] : cases) {
    const auto parsed = parse_json_path(text);
    const auto* error = std::get_if<JsonPathError>(&parsed);
    ASSERT_NE(error, nullptr) << text;
    EXPECT_EQ(error->position, position) << text << ": " << error->reason;
    EXPECT_FALSE(error->reason.empty()) << text;
  }
}

// ---- properties -------------------------------------------------------------------------------------------------

TEST(JsonPayload, ReadsBackEveryDouble) {
  EXPECT_TRUE(rc::check([] {
    const auto bits = *rc::gen::arbitrary<std::uint64_t>();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    RC_PRE(std::isfinite(value));
    char text[40];
    const int size = std::snprintf(text, sizeof text, "%.17g", value);
    JsonDecoder decoder;
    RC_ASSERT(decoder.decode({text, static_cast<std::size_t>(size)}, {}) == JsonFault::kNone);
    RC_ASSERT(std::bit_cast<std::uint64_t>(decoder.leaves().front().number) == bits);
  }));
}

TEST(JsonPayload, EndsOnAnyBytesAndStaysInsideThem) {
  EXPECT_TRUE(rc::check([] {
    const auto bytes = *rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{8, rc::gen::elementOf(std::string("{}[]\",:01e-. tfn\\u"))}, {1, rc::gen::arbitrary<char>()}}));
    const std::vector<char> exact(bytes.begin(), bytes.end());
    JsonDecoder decoder;
    JsonSelection selection;
    selection.time = JsonPath{};
    const JsonFault fault = decoder.decode({exact.data(), exact.size()}, selection);
    RC_ASSERT((fault == JsonFault::kNone) == !decoder.leaves().empty());
    for (const JsonLeaf& leaf : decoder.leaves()) RC_ASSERT(std::isfinite(leaf.number));
  }));
}

}  // namespace
}  // namespace telltale::payload
