// From options and payloads to readings: the shared options, every form, and the mapping.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/field_map.hpp>
#include <telltale/payload/payload_options.hpp>

#include "tests/support/fake_host.h"

namespace telltale::payload {
namespace {

using test::FakeHost;
using test::Given;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Keys = std::vector<std::pair<std::string, Given>>;

constexpr auto kTable = join(kPayloadOptions, kMappingOptions);

class Bench {
 public:
  explicit Bench(Keys options, const std::string& default_name = "{input}.{field}")
      : host_(kTable, Given::section(std::move(options)), "scale"),
        decoder_(make_decoder(host_.host().options().at("payload"), {.time = time_of(host_.host().options())})),
        map_(host_.host(), make_map_settings(host_.host().options(), default_name)) {}

  bool message(std::string_view payload, std::string_view source = "line") {
    const std::vector<char> exact(payload.begin(), payload.end());
    map_.begin({exact.data(), exact.size()}, {.source = source});
    decoder_->decode({exact.data(), exact.size()}, map_);
    return map_.end();
  }
  std::vector<std::string> take() { return host_.take_texts(); }
  FakeHost& host() { return host_; }
  FieldMap& map() { return map_; }

 private:
  static std::string_view time_of(const Options& options) {
    return options.has("time") ? options.text("time") : std::string_view{};
  }
  FakeHost host_;
  std::unique_ptr<Decoder> decoder_;
  FieldMap map_;
};

std::string problem(Keys options) {
  try {
    const Bench bench(std::move(options));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(FieldMap, NamesEveryFormsFields) {
  struct Case {
    std::string name;
    Given payload;
    std::string message;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases{
      {"the example",
       Given::section({{"regex", R"(W\s*(?<weight>[-\d.]+)\s*kg)"}}),
       "W 12.5 kg",
       {"scale.weight=12.5"}},
      {"number", "number", "21.5 °C\r", {"scale=21.5"}},
      {"text", "text", " hello ", {"scale='hello'"}},
      {"json", "json", R"({"a": {"b": 1}, "c": true})", {"scale.a.b=1", "scale.c=1"}},
      {"json value", Given::section({{"value", "$.a"}}), R"({"a": 7, "b": 1})", {"scale=7"}},
      {"csv", "csv", "1,x", {"scale.1=1", "scale.2='x'"}},
      {"columns", Given::section({{"columns", Given::list({"t", "-"})}}), "1,2", {"scale.t=1"}},
      {"keyvalue", "keyvalue", "T=1 H=2", {"scale.T=1", "scale.H=2"}},
      {"nmea", "nmea", "$HEHDT,270.5,T*2F", {"scale.HDT.heading=270.5"}},
      {"hex",
       Given::section(
           {{"form", "hex"}, {"layout", Given::section({{"field", "t"}, {"type", "int16"}, {"scale", "0.1"}})}}),
       "00d7",
       {"scale.t=21.5"}},
      {"line", "line", "m,room=a t=1,value=2", {"scale.m.t{room=\"a\"}=1", "scale.m{room=\"a\"}=2"}},
      {"auto number", "auto", "5", {"scale=5"}},
      {"auto json", "auto", "[5]", {"scale.0=5"}},
      {"auto pairs", "auto", "a: 5", {"scale.a=5"}}};
  for (const Case& row : cases) {
    Bench bench(Keys{{"payload", row.payload}});
    EXPECT_TRUE(bench.message(row.message)) << row.name;
    EXPECT_EQ(bench.take(), row.expected) << row.name;
    EXPECT_THAT(bench.host().faults(), IsEmpty()) << row.name;
  }
}

TEST(FieldMap, CountsAndSaysWhatDoesNotFit) {
  Bench bench(Keys{{"payload", "number"}});
  EXPECT_FALSE(bench.message("over\n\x01load"));
  EXPECT_FALSE(bench.message("again"));
  EXPECT_THAT(bench.take(), IsEmpty());
  EXPECT_EQ(bench.host().counted("payload.not_a_number"), 2U);
  ASSERT_EQ(bench.host().log().size(), 1U);
  EXPECT_THAT(bench.host().log()[0].text, HasSubstr(R"(from "line", payload "over\n\x01load")"));
  bench.host().advance(std::chrono::seconds(11));
  EXPECT_FALSE(bench.message(std::string(5'000, 'x')));
  ASSERT_EQ(bench.host().log().size(), 2U);
  EXPECT_THAT(bench.host().log()[1].text, HasSubstr("and 1 before it"));
  EXPECT_LT(bench.host().log()[1].text.size(), 300U);
}

TEST(FieldMap, AppliesRulesByField) {
  Bench bench(Keys{
      {"payload", "keyvalue"},
      {"others", "false"},
      {"fields", Given::list({Given::section({{"field", "T*"},
                                              {"name", "temp.{field}"},
                                              {"unit", "°C"},
                                              {"scale", "0.1"},
                                              {"minimum", "0"},
                                              {"maximum", "50"},
                                              {"decimals", "1"}}),
                              Given::section({{"field", "door"}, {"states", Given::list({"shut", "ajar"})}}),
                              Given::section({{"field", "p"}, {"calibration", Given::list({"4=0", "20=10"})}})})}});
  bench.message("T1=215 T2=600 door=ajar p=12 x=9");
  EXPECT_THAT(bench.take(), ElementsAre("temp.T1=21.5", "temp.T2=0!", "scale.door=1", "scale.p=5"));
  EXPECT_EQ(bench.host().counted("value.out_of_range"), 1U);
  const auto series = bench.host().series("temp.T1");
  ASSERT_TRUE(series);
  EXPECT_EQ(series->unit, "°C");
  EXPECT_EQ(series->decimals, 1);
  EXPECT_EQ(series->range, (std::pair<double, double>{0, 50}));
  bench.message("T1=ERR door=broken");
  EXPECT_THAT(bench.take(), ElementsAre("temp.T1=0!", "scale.door=0!"));
  EXPECT_EQ(bench.host().counted("value.not_a_number"), 1U);
  EXPECT_EQ(bench.host().counted("value.unknown_state"), 1U);
}

TEST(FieldMap, MakesNamesAndLabelsOfFields) {
  Bench bench(Keys{{"payload", Given::section({{"regex", R"(^(?<id>\w+) (?<room>\w+) (?<temp>\S+))"}})},
                   {"name", "{id}.{field}"},
                   {"labels", Given::section({{"name", "room"}, {"value", "room {room}"}})}});
  bench.message("a1 hall 21");
  bench.message("b/2 x 1");
  bench.message("b2 x 22");
  EXPECT_THAT(bench.take(), ElementsAre("a1.temp{room=\"room hall\"}=21", "b2.temp{room=\"room x\"}=22"));
  EXPECT_EQ(bench.host().counted("payload.no_match"), 1U);
}

TEST(FieldMap, BelievesTimesWithinTheTolerance) {
  Bench bench(Keys{{"payload", Given::section({{"columns", Given::list({"at", "v"})}, {"separator", "semicolon"}})},
                   {"time", "at"},
                   {"time_format", "%d.%m.%Y %H:%M:%S"},
                   {"time_offset", "+01:00"}});
  bench.message("24.11.2026 19:30:00;5");
  bench.message("yesterday;6");
  const auto readings = bench.host().readings();
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_EQ(readings[0].time, 1'795'545'000'000'000'000);
  EXPECT_EQ(readings[0].flags, TELLTALE_READING_WALL_TIME);
  EXPECT_EQ(readings[1].flags, 0);
  EXPECT_EQ(readings[1].quality, TELLTALE_QUALITY_UNCERTAIN);
  EXPECT_EQ(bench.host().counted("payload.no_time"), 1U);

  Bench strict(Keys{{"payload", "json"}, {"time", "$.ts"}, {"time_tolerance", "1h"}});
  strict.message(R"({"v": 1, "ts": 1000000000})");
  ASSERT_EQ(strict.host().readings().size(), 2U);
  EXPECT_EQ(strict.host().readings()[0].quality, TELLTALE_QUALITY_UNCERTAIN);
  EXPECT_EQ(strict.host().counted("payload.time_outside"), 1U);
}

TEST(FieldMap, KeepsQuietWithinTheDeadband) {
  Bench bench(Keys{{"payload", "number"}, {"deadband", "0.5"}, {"deadband_every", "1m"}});
  for (const char* payload : {"1", "1.2", "1.6", "1.5"}) bench.message(payload);
  EXPECT_THAT(bench.take(), ElementsAre("scale=1", "scale=1.6"));
  bench.host().advance(std::chrono::seconds(61));
  bench.message("1.5");
  EXPECT_THAT(bench.take(), ElementsAre("scale=1.5"));
}

TEST(FieldMap, MarksAllBadOnce) {
  Bench bench(Keys{{"payload", "keyvalue"}, {"deadband", "10"}});
  bench.message("a=1 b=word c=2", "unit 1");
  bench.message("d=1", "unit 2");
  (void)bench.take();
  bench.map().all_bad({}, "unit 2");
  EXPECT_THAT(bench.take(), ElementsAre("scale.d=0!"));
  bench.map().all_bad({});
  EXPECT_THAT(bench.take(), ::testing::UnorderedElementsAre("scale.a=0!", "scale.c=0!"));
  bench.map().all_bad({});
  EXPECT_THAT(bench.take(), IsEmpty());
  bench.message("a=1");
  EXPECT_THAT(bench.take(), ElementsAre("scale.a=1"));
}

TEST(FieldMap, LimitsTheSeries) {
  Bench bench(Keys{{"payload", "keyvalue"}, {"max_series", "2"}});
  bench.message("a=1 b=2 c=3 d=4");
  EXPECT_THAT(bench.take(), ElementsAre("scale.a=1", "scale.b=2"));
  EXPECT_EQ(bench.host().counted("series.over_limit"), 2U);
}

TEST(FieldMap, KeepsPlacesApartWhenFieldsMove) {
  Bench bench(Keys{{"payload", "keyvalue"}});
  bench.message("a=1 b=2");
  bench.message("b=3 a=4");
  bench.message("b=5");
  EXPECT_THAT(bench.take(), ElementsAre("scale.a=1", "scale.b=2", "scale.b=3", "scale.a=4", "scale.b=5"));
}

TEST(FieldMap, SaysWhatIsWrongWithTheOptions) {
  const auto layout = [](const Keys& keys) {
    return Keys{{"payload", Given::section({{"layout", Given::section(keys)}})}};
  };
  const std::vector<std::pair<Keys, std::string>> cases{
      {{{"payload", Given::section({{"regex", "("}})}}, "regex: "},
      {{{"payload", "regex"}}, "no regular expression"},
      {{{"payload", "hex"}}, "'layout' is missing"},
      {{{"payload", Given::section({{"form", "csv"}, {"regex", "x"}})}}, "exclude each other"},
      {{{"payload", Given::section({{"form", "csv"}, {"separator", "ab"}})}}, "separator: "},
      {{{"payload", Given::section({{"form", "csv"}, {"decimal_comma", "true"}})}}, "decimal_comma: "},
      {{{"payload", Given::section({{"form", "keyvalue"}, {"assign", " "}})}}, "in common"},
      {{{"payload", Given::section({{"value", "$["}})}}, "value: "},
      {layout({{"field", "x"}, {"type", "uint7"}}), "there is no type"},
      {layout({{"field", "x"}, {"bits", "4-9"}}), "its bits"},
      {layout({{"field", "x"}, {"bits", "a"}}), "bits: "},
      {{{"name", "{"}}, "name: "},
      {{{"calibration", "1=2"}}, "calibration: "},
      {{{"minimum", "5"}, {"maximum", "5"}}, "minimum: "},
      {{{"time_format", "%Q"}}, "time_format: "},
      {{{"time_offset", "1h"}}, "time_offset: "},
      {{{"states", "x=y"}}, "states: "},
      {{{"fields", Given::section({{"field", "a"}, {"name", "}"}})}}, "fields: 'a': "}};
  for (const auto& [options, expected] : cases) EXPECT_THAT(problem(options), HasSubstr(expected));
}

TEST(FieldMap, HoldsToTheAbiForAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& payloads) {
    Bench pairs(Keys{{"payload", "keyvalue"}, {"name", "{k}.{field}"}, {"max_series", "5"}});
    Bench any(Keys{{"payload", "auto"}});
    for (const std::string& payload : payloads) {
      (void)pairs.message("k=" + payload + " v=1");
      (void)any.message(payload);
    }
    RC_ASSERT(pairs.host().faults().empty());
    RC_ASSERT(any.host().faults().empty());
  }));
}

}  // namespace
}  // namespace telltale::payload
