// Subscriptions with the payload forms and rules that every plugin shares.
#include "plugins/mqtt/mapping/mapped.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/plugins/mqtt/mapping_bench.h"

namespace telltale::mqtt {
namespace {

using test::Given;
using test::Keys;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Bench = test::MappingBench;

Given section(Keys keys) { return Given::section(std::move(keys)); }
Given list(std::vector<Given> items) { return Given::list(std::move(items)); }

std::string refusal_of(Keys subscription) {
  try {
    const Bench bench(std::move(subscription));
    return "taken";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(MqttMapped, ReadsEveryForm) {
  struct Row {
    Given payload;
    std::string_view message;
    std::vector<std::string> readings;
  };
  const Given layout = list({section({{"field", "level"}, {"at", "1"}, {"type", "int16"}, {"scale", "0.1"}}),
                             section({{"field", "alarm"}, {"at", "3"}, {"bits", "7"}})});
  const std::string_view bytes("\x02\xff\x9c\x80", 4);
  const std::vector<Row> rows{
      {section({{"columns", list({"t", "-", "h"})}}),
       "21.5,x,40\n22,y,41\n",
       {"a.t=21.5", "a.h=40", "a.t=22", "a.h=41"}},
      {section({{"form", "csv"}, {"separator", "semicolon"}, {"decimal_comma", "true"}}),
       "21,5;7",
       {"a.1=21.5", "a.2=7"}},
      {"keyvalue", "t=21.5 on=true", {"a.t=21.5", "a.on=1"}},
      {section({{"regex", list({R"(W\s*(?<weight>[-\d.]+)\s*kg)"})}}), "ST W  12.5 kg", {"a.weight=12.5"}},
      {"nmea", "$HEHDT,274.07,T*19", {"a.HDT.heading=274.07"}},
      {section({{"layout", layout}}), bytes, {"a.level=-10", "a.alarm=1"}},
      {section({{"form", "hex"}, {"layout", layout}}), "02 FF 9C 80", {"a.level=-10", "a.alarm=1"}},
      {section({{"form", "number"}, {"decimal_comma", "true"}}), "21,5", {"a=21.5"}},
  };
  for (const Row& row : rows) {
    Bench bench(Keys{{"topic", "a"}, {"payload", row.payload}});
    bench.message("a", row.message);
    EXPECT_EQ(bench.take(), row.readings) << row.message;
    EXPECT_THAT(bench.host().faults(), IsEmpty());
  }
}

TEST(MqttMapped, ASectionSaysTheSameAsAWord) {
  for (const Given& payload : {Given("json"), section({{"form", "json"}})}) {
    Bench bench(Keys{{"topic", "a"}, {"payload", payload}});
    bench.message("a", R"({"t":1,"on":true,"name":"x"})");
    EXPECT_THAT(bench.take(), ElementsAre("a.t=1", "a.on=1"));
  }
  Bench value(Keys{{"topic", "a"}, {"payload", section({{"value", "$.t"}, {"numbers_in_text", "true"}})}});
  value.message("a", R"({"t":"1.5"})");
  EXPECT_THAT(value.take(), ElementsAre("a=1.5"));
}

TEST(MqttMapped, ScalesChecksAndThinsValues) {
  Bench bench(Keys{{"topic", "tank/{n}"},
                   {"value", "$.raw"},
                   {"name", "level.{n}"},
                   {"calibration", list({"0=0", "100=50"})},
                   {"scale", "2"},
                   {"offset", "1"},
                   {"minimum", "0"},
                   {"maximum", "200"},
                   {"deadband", "1"},
                   {"deadband_every", "1m"},
                   {"unit", "mm"}});
  for (const std::string raw : {"10", "10.5", "12", "500", "12", "12.1"})
    bench.message("tank/3", R"({"raw":)" + raw + "}");
  EXPECT_THAT(bench.take(), ElementsAre("level.3=11", "level.3=13", "level.3=0!", "level.3=13"));
  EXPECT_EQ(bench.host().counted("value.out_of_range"), 1U);
  ASSERT_EQ(bench.host().refused().size(), 1U) << "shown with the input";
  EXPECT_EQ(bench.host().refused()[0].reason, "value.out_of_range");
  EXPECT_EQ(bench.host().refused()[0].source, "tank/3");
  EXPECT_EQ(bench.host().refused()[0].payload, R"({"raw":500})");
  bench.host().advance(std::chrono::minutes(2));
  bench.message("tank/3", R"({"raw":12.1})");
  EXPECT_THAT(bench.take(), ElementsAre("level.3=13.1"));
  EXPECT_EQ(bench.host().series("level.3")->unit, "mm");
  EXPECT_EQ(bench.host().series("level.3")->range, std::pair(0.0, 200.0));
  EXPECT_EQ(bench.host().log().size(), 0U);
}

TEST(MqttMapped, ALiveValueIsNoRepetitionOfARetainedOne) {
  Bench bench(Keys{{"topic", "a"}, {"deadband", "1"}, {"expire_after", "10s"}});
  bench.message("a", "5", true);
  bench.message("a", "5");
  bench.message("a", "5.5");
  EXPECT_THAT(bench.take(), ElementsAre("a=5~", "a=5"));
  bench.host().advance(std::chrono::seconds(6));
  bench.message("a", "5.5");  // not published, but heard
  bench.host().advance(std::chrono::seconds(6));
  bench.tick();
  EXPECT_THAT(bench.take(), IsEmpty());
  bench.host().advance(std::chrono::seconds(6));
  bench.tick();
  bench.tick();
  EXPECT_THAT(bench.take(), ElementsAre("a=0!"));
  EXPECT_EQ(bench.host().counted("series.expired"), 1U);
}

TEST(MqttMapped, NamesAreMadeOfTopicFieldsAndLabels) {
  Bench bench(
      Keys{{"topic", "plant/+/{machine}/#"},
           {"payload", section({{"columns", list({"1", "sensor", "value", "ts"})}, {"separator", "semicolon"}})},
           {"name", "{1}.{machine}.{#}.{sensor}"},
           {"labels", list({section({{"name", "input"}, {"value", "{input}"}}),
                            section({{"name", "first"}, {"value", "{1} {topic}"}})})},
           {"user_properties", list({"batch"})},
           {"fields", list({section({{"field", "1"}, {"name", "{machine}.one"}, {"unit", "bar"}}),
                            section({{"field", "unwanted"}, {"publish", "false"}})})},
           {"time", "ts"},
           {"time_format", "%d.%m.%Y %H:%M:%S"},
           {"time_offset", "+01:00"}});
  bench.message("plant/h2/press/a/b", "7;oil;21.5;01.01.2026 01:00:00", false, {{"batch", "B"}});
  const std::string labels = R"({batch="B",first="h2 plant.h2.press.a.b",input="test"})";
  EXPECT_THAT(bench.take(), ElementsAre("press.one" + labels + "=7", "h2.press.a.b.oil.value" + labels + "=21.5"));
  EXPECT_EQ(bench.host().series("press.one" + labels)->unit, "bar");
  bench.message("plant/h3/press/x", "7;oil;1;yesterday");
  EXPECT_THAT(bench.take(), ElementsAre(R"(press.one{first="h3 plant.h3.press.x",input="test"}=7?)",
                                        R"(h3.press.x.oil.value{first="h3 plant.h3.press.x",input="test"}=1?)"));
  EXPECT_EQ(bench.host().counted("payload.no_time"), 1U);
  EXPECT_THAT(bench.host().faults(), IsEmpty());
}

TEST(MqttMapped, FollowsMessagesThatChangeTheirShapeAndLabels) {
  Bench bench(Keys{{"topic", "+"}, {"payload", "keyvalue"}, {"name", "{0}"}, {"user_properties", list({"b"})}});
  for (int round = 0; round < 3; ++round) {
    bench.message("a", "x=1 y=2");
    bench.message("b", "x=3");
    bench.message("a", "y=4 x=5 z=6", false, {{"b", "1"}});
    bench.message("a", "y=4 x=5", false, {{"b", "2"}});
    EXPECT_THAT(bench.take(), ElementsAre("a.x=1", "a.y=2", "b.x=3", R"(a.y{b="1"}=4)", R"(a.x{b="1"}=5)",
                                          R"(a.z{b="1"}=6)", R"(a.y{b="2"}=4)", R"(a.x{b="2"}=5)"));
  }
  EXPECT_EQ(bench.host().series().size(), 8U);
}

TEST(MqttMapped, TextsOfJsonMakeNamesAndStatesAndNothingElse) {
  Bench bench(Keys{{"topic", "a"},
                   {"payload", "json"},
                   {"name", "{site}.{field}"},
                   {"numbers_in_text", "true"},
                   {"fields", list({section({{"field", "mode"}, {"states", list({"idle", "run"})}})})}});
  bench.message("a", R"({"site":"north","t":"21.5","note":"warm","mode":"run","on":false})");
  EXPECT_THAT(bench.take(), ElementsAre("north.t=21.5", "north.mode=1", "north.on=0"));
  EXPECT_EQ(bench.host().series("north.on")->states.at(0), "false") << "as without rules";
  bench.message("a", R"({"site":"north","mode":"jump"})");
  EXPECT_THAT(bench.take(), ElementsAre("north.mode=0!"));
  EXPECT_EQ(bench.host().counted("value.unknown_state"), 1U);
}

TEST(MqttMapped, LineProtocolKeepsItsNamesAndTags) {
  Bench bench(Keys{{"topic", "t/{host}"},
                   {"payload", "line"},
                   {"scale", "2"},
                   {"labels", list({section({{"name", "host"}, {"value", "{host}"}}),
                                    section({{"name", "site"}, {"value", "{input}"}})})}});
  bench.message("t/x", "cpu,host=a user=1.5 1700000000000000000\nbad\nmem value=5i");
  EXPECT_THAT(bench.take(), ElementsAre(R"(cpu.user{host="a",site="test"}=3)", R"(mem{host="x",site="test"}=10)"));
  EXPECT_EQ(bench.host().counted("payload.bad_line"), 1U);
}

TEST(MqttMapped, AutoStaysWhatItIs) {
  Bench bench(Keys{{"topic", "a"}, {"scale", "2"}});
  bench.message("a", "21.5 °C");
  bench.message("a", R"({"t":1})");
  bench.message("a", "t=5");
  bench.message("a", "12:30");
  EXPECT_THAT(bench.take(), ElementsAre("a=43", "a.t=2"));
  EXPECT_EQ(bench.host().counted("payload.not_a_number"), 2U);
}

TEST(MqttMapped, SeriesOfAllSubscriptionsShareOneLimit) {
  Bench bench({section({{"topic", "m/+"}, {"payload", "keyvalue"}}), section({{"topic", "s/+"}})}, "3");
  for (int i = 0; i < 10; ++i) {
    bench.message("m/" + std::to_string(i), "t=1");
    bench.message("s/" + std::to_string(i), "1");
  }
  EXPECT_EQ(bench.host().series().size(), 3U);
  EXPECT_EQ(bench.host().counted("series.over_limit"), 17U);
  EXPECT_EQ(bench.host().log().size(), 1U);
}

TEST(MqttMapped, CountsEachReasonAndGoesOn) {
  const Given csv = section({{"columns", list({"a", "b"})}});
  const Given regex = section({{"regex", list({"(?<a>\\d+),(?<b>\\d+)"})}});
  const Given layout = list({section({{"field", "a"}, {"type", "float32"}})});
  const Given binary = section({{"layout", layout}, {"size", "4"}});
  std::string fields;
  std::string object = "{\"a\":1";
  for (int i = 0; i < 10'000; ++i) {
    fields += "1,";
    object += ",\"k" + std::to_string(i) + "\":1";
  }
  struct Row {
    Given payload;
    std::string message;
    std::string reason;
    std::string good;
  };
  const std::string one("\x3f\x80\x00\x00", 4);
  const std::vector<Row> rows{
      {csv, "1", "wrong_columns", "1,2"},
      {csv, "\xff,2", "not_utf8", "1,2"},
      {csv, fields, "too_many_fields", "1,2"},
      {csv, std::string(1 << 20U, '1'), "too_large", "1,2"},
      {csv, "\"1,2", "bad_quote", "1,2"},
      {csv, "", "empty", "1,2"},
      {regex, "<script>", "no_match", "1,2"},
      {regex, std::string(1 << 20U, '1'), "too_large", "1,2"},
      {binary, "\x3f\x80", "wrong_size", one},
      {binary, std::string(1 << 20U, '\0'), "too_large", one},
      {section({{"form", "hex"}, {"layout", layout}}), "zz", "not_hex", "3f800000"},
      {"keyvalue", "nothing", "nothing_there", "a=1"},
      {"nmea", "$HEHDT,274.07,T*18", "wrong_checksum", "$HEHDT,274.07,T*19"},
      {"json", R"({"a":1,"a":2})", "duplicate_key", R"({"a":1})"},
      {"json", R"({"a":NaN})", "not_finite", R"({"a":1})"},
      {"json", object + "}", "too_many_values", R"({"a":1})"},
      {"json", std::string(1'000, '['), "too_deep", R"({"a":1})"},
      {"json", "{\"a\":\"" + std::string(1 << 20U, 'x') + "\"}", "too_large", R"({"a":1})"},
  };
  for (const Row& row : rows) {
    Bench bench(Keys{{"topic", "t/#"}, {"payload", row.payload}, {"scale", "2"}});
    bench.message("t/x", row.message);
    EXPECT_THAT(bench.take(), IsEmpty()) << row.reason;
    EXPECT_EQ(bench.host().counted("payload." + row.reason), 1U) << row.message.substr(0, 60);
    ASSERT_EQ(bench.host().refused().size(), 1U) << row.reason;
    EXPECT_EQ(bench.host().refused()[0].reason, "payload." + row.reason);
    EXPECT_EQ(bench.host().refused()[0].source, "t/x");
    EXPECT_EQ(bench.host().refused()[0].payload, row.message);
    bench.message("t/x", row.good);
    EXPECT_FALSE(bench.take().empty()) << row.reason;
    EXPECT_THAT(bench.host().faults(), IsEmpty());
  }
}

TEST(MqttMapped, NotANumberInBinaryIsABadValue) {
  Bench bench(
      Keys{{"topic", "a"}, {"payload", section({{"layout", list({section({{"field", "x"}, {"type", "float32"}})})}})}});
  bench.message("a", std::string_view("\x7f\xc0\x00\x00", 4));
  bench.message("a", std::string_view("\x3f\x80\x00\x00", 4));
  EXPECT_THAT(bench.take(), ElementsAre("a.x=0!", "a.x=1"));
}

TEST(MqttMapped, SaysWhatIsWrongWithTheOptions) {
  const Given columns = section({{"columns", list({"t", "h"})}});
  EXPECT_THAT(refusal_of({{"topic", "a/{b}"}, {"payload", columns}, {"name", "{c}"}}),
              HasSubstr("name: the name uses {c}, but no level of the topic is called so, and no field"));
  EXPECT_EQ(refusal_of({{"topic", "a/{b}"}, {"payload", columns}, {"name", "{b}.{t}"}}), "taken");
  EXPECT_THAT(
      refusal_of(
          {{"topic", "a/{b}"}, {"payload", columns}, {"labels", list({section({{"name", "x"}, {"value", "{7}"}})})}}),
      HasSubstr("labels: the name uses {7}"));
  EXPECT_THAT(refusal_of({{"topic", "a/{b}"}, {"payload", "json"}, {"value", "$.v"}, {"name", "{c}"}}),
              HasSubstr("name: the name uses {c}"));
  EXPECT_THAT(refusal_of({{"topic", "a/{b}"}, {"name", "{c}"}, {"scale", "2"}}), HasSubstr("name: the name uses {c}"));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"payload", "csv"}, {"value", "$.v"}}), HasSubstr("places in JSON"));
  EXPECT_THAT(
      refusal_of({{"topic", "a"}, {"payload", section({{"form", "json"}, {"value", "$.v"}})}, {"value", "$.w"}}),
      HasSubstr("given twice"));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"payload", "binary"}}), HasSubstr("'layout' is missing"));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"payload", section({{"regex", list({"("})}})}}), HasSubstr("regex: "));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"minimum", "2"}, {"maximum", "1"}}), HasSubstr("not below maximum"));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"calibration", list({"1=2"})}}), HasSubstr("calibration: "));
  EXPECT_THAT(refusal_of({{"topic", "a"}, {"payload", "json"}, {"time", "ts"}, {"time_format", "%Q"}}),
              HasSubstr("time_format: "));
}

TEST(MqttMapped, NeverBreaksTheWordsOfTheAbi) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& payloads, bool retained) {
    const auto form =
        *rc::gen::elementOf(std::vector<std::string>{"auto", "json", "csv", "line", "keyvalue", "nmea", "text"});
    const auto kind = *rc::gen::elementOf(std::vector<std::string>{"auto", "gauge", "counter", "state", "event"});
    if (form == "text" && (kind == "gauge" || kind == "counter")) return;
    Bench bench(Keys{{"topic", "{a}/#"}, {"payload", form}, {"kind", kind}, {"deadband", "0.5"}, {"scale", "3"}});
    for (const std::string& payload : payloads) bench.message("x/" + payload, payload, retained);
    bench.tick();
    RC_ASSERT(bench.host().faults().empty());
  }));
}

}  // namespace
}  // namespace telltale::mqtt
