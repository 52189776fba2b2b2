#include "plugins/mqtt/mapping/mapper.h"

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

TEST(MqttMapping, TakesAValueFromJsonByItsPath) {
  Bench bench(Keys{{"topic", "plant/+/{sensor}"},
                   {"payload", "json"},
                   {"value", "$.value"},
                   {"time", "$.ts"},
                   {"name", "{sensor}.{1}"},
                   {"unit", "°C"}});
  bench.message("plant/press7/oil", R"({"value": 21.5, "ts": 1700000000123})");
  ASSERT_EQ(bench.host().readings().size(), 1U);
  const auto reading = bench.host().readings().front();
  EXPECT_EQ(reading.key, "oil.press7");
  EXPECT_EQ(reading.value, 21.5);
  EXPECT_EQ(reading.time, 1'700'000'000'123'000'000);
  EXPECT_EQ(reading.flags, TELLTALE_READING_WALL_TIME);
  EXPECT_EQ(bench.host().series("oil.press7")->unit, "°C");
  EXPECT_THAT(bench.host().faults(), IsEmpty());
}

TEST(MqttMapping, TakesEveryNumberWithoutAPath) {
  Bench bench(Keys{{"topic", "room/#"}});
  bench.message("room/kitchen", R"({"t":21.5,"on":true,"name":"x","rgb":[1,2]})");
  EXPECT_THAT(bench.take(),
              ElementsAre("room.kitchen.t=21.5", "room.kitchen.on=1", "room.kitchen.rgb.0=1", "room.kitchen.rgb.1=2"));
  EXPECT_EQ(bench.host().series("room.kitchen.on")->kind, static_cast<std::uint32_t>(TELLTALE_KIND_STATE));
  EXPECT_EQ(bench.host().series("room.kitchen.on")->states.at(1), "true");
  EXPECT_EQ(bench.host().publish_calls(), 1U) << "all readings of a message cross at once";
}

TEST(MqttMapping, JustWorksWithAValueOnATopic) {
  Bench bench(Keys{{"topic", "t"}});
  bench.message("t", R"({"value": 21.5})");
  EXPECT_THAT(bench.take(), ElementsAre("t.value=21.5"));
  bench.message("t", "21.5");
  EXPECT_THAT(bench.take(), ElementsAre("t=21.5"));
}

TEST(MqttMapping, ReadsNumbersUnitsAndStates) {
  Bench bench(Keys{{"topic", "+"}});
  bench.message("a", " 21.5 °C\n");
  bench.message("b", "ON");
  bench.message("b", "off");
  EXPECT_THAT(bench.take(), ElementsAre("a=21.5", "b=1", "b=0"));
  EXPECT_EQ(bench.host().series("a")->unit, "°C");
  EXPECT_EQ(bench.host().series("b")->kind, static_cast<std::uint32_t>(TELLTALE_KIND_STATE));
}

TEST(MqttMapping, MakesEventsOfTexts) {
  Bench bench(Keys{{"topic", "log"}, {"payload", "text"}});
  bench.message("log", "door opened");
  EXPECT_THAT(bench.take(), ElementsAre("log='door opened'"));
  bench.message("log", "\xff\xfe");
  EXPECT_THAT(bench.take(), IsEmpty());
  EXPECT_EQ(bench.host().counted("payload.not_utf8"), 1U);
}

TEST(MqttMapping, MakesStatesOfTextsWhenAsked) {
  Bench bench(Keys{{"topic", "door"}, {"value", "$.state"}, {"kind", "state"}});
  bench.message("door", R"({"state":"open"})");
  EXPECT_THAT(bench.take(), ElementsAre("door='open'"));
  EXPECT_EQ(bench.host().series("door")->kind, static_cast<std::uint32_t>(TELLTALE_KIND_STATE));
}

TEST(MqttMapping, ReadsLineProtocol) {
  Bench bench(Keys{{"topic", "telegraf/#"}, {"payload", "line"}});
  bench.message("telegraf/x", "cpu,host=a user=1.5,on=t 1700000000000000000\nbad\nmem value=5i\nlog msg=\"hi\"");
  EXPECT_THAT(bench.take(), ElementsAre("cpu.user{host=\"a\"}=1.5", "cpu.on{host=\"a\"}=1", "mem=5", "log.msg='hi'"));
  EXPECT_EQ(bench.host().counted("payload.bad_line"), 1U);
  bench.message("telegraf/x", "cpu,host=a user=2.5 1700000000000000000");
  const auto reading = bench.host().last("cpu.user{host=\"a\"}");
  EXPECT_EQ(reading->time, 1'700'000'000'000'000'000);
  EXPECT_EQ(reading->flags, TELLTALE_READING_WALL_TIME);
  EXPECT_EQ(bench.host().series().size(), 4U);
}

TEST(MqttMapping, CountsNumbersAsCountersWhenAsked) {
  Bench bench(Keys{{"topic", "energy"}, {"kind", "counter"}, {"unit", "kWh"}, {"decimals", "3"}});
  bench.message("energy", "12.345");
  EXPECT_EQ(bench.host().series("energy")->kind, static_cast<std::uint32_t>(TELLTALE_KIND_COUNTER));
  EXPECT_EQ(bench.host().series("energy")->decimals, 3);
}

TEST(MqttMapping, MarksRetainedMessagesStale) {
  Bench bench(Keys{{"topic", "+"}});
  bench.message("a", "1", true);
  bench.message("a", R"([2])", true);
  bench.message("a", "", true);  // the retained message was deleted
  EXPECT_THAT(bench.take(), ElementsAre("a=1~", "a.0=2~"));
  EXPECT_EQ(bench.host().counted("payload.empty"), 0U);
}

TEST(MqttMapping, KeepsAValueWhoseTimeIsMissingAndMarksIt) {
  Bench bench(Keys{{"topic", "+"}, {"value", "$.v"}, {"time", "$.ts"}});
  bench.message("a", R"({"v":1})");
  bench.message("a", R"({"v":2,"ts":"yesterday"})");
  bench.message("a", R"({"v":3,"ts":"2026-01-01T00:00:00Z"})");
  EXPECT_THAT(bench.take(), ElementsAre("a=1?", "a=2?", "a=3"));
  EXPECT_EQ(bench.host().counted("payload.no_time"), 2U);
}

TEST(MqttMapping, SaysBadWhenTheDeviceSendsNull) {
  Bench bench(Keys{{"topic", "+"}, {"value", "$.v"}});
  bench.message("a", R"({"v":null})");
  EXPECT_THAT(bench.take(), ElementsAre("a=0!"));
}

TEST(MqttMapping, AppliesAllRulesOfOneTopicAndOneOfOverlappingTopics) {
  Bench bench(std::vector<Given>{
      Given::section({{"topic", "room/+"}, {"value", "$.t"}, {"name", "{1}.temperature"}, {"unit", "°C"}}),
      Given::section({{"topic", "room/{name}"}, {"value", "$.h"}, {"name", "{name}.humidity"}, {"unit", "%"}}),
      Given::section({{"topic", "room/#"}, {"name", "other"}})});
  bench.message("room/a", R"({"t":21,"h":45})");
  EXPECT_THAT(bench.take(), ElementsAre("a.temperature=21", "a.humidity=45"));
  bench.message("room/a/b", "7");
  EXPECT_THAT(bench.take(), ElementsAre("other=7"));
}

TEST(MqttMapping, CountsEachReasonAndGoesOn) {
  const std::vector<std::pair<std::string, std::string_view>> cases{
      {"{", "not_json"},
      {"{\"v\":", "not_json"},
      {R"({"v":NaN})", "not_finite"},
      {R"({"v":1e999})", "out_of_range"},
      {"{\"v\":\"\xff\"}", "not_utf8"},
      {R"({"v":1,"v":2})", "duplicate_key"},
      {R"({"w":1})", "nothing_there"},
      {R"({"v":"warm"})", "not_a_reading"},
      {std::string(300'000, ' '), "too_large"},
      {R"({"v":")" + std::string(50'000, 'x') + "\"}", "text_too_long"},
      {std::string(100, '[') + "1" + std::string(100, ']'), "too_deep"},
      {"", "not_json"}};
  Bench bench(Keys{{"topic", "+"}, {"value", "$.v"}});
  for (const auto& [payload, reason] : cases) {
    const std::uint64_t before = bench.host().counted("payload." + std::string(reason));
    bench.message("a", payload);
    EXPECT_EQ(bench.host().counted("payload." + std::string(reason)), before + 1) << payload.substr(0, 80);
    bench.message("a", R"({"v":1})");
    EXPECT_THAT(bench.take(), ElementsAre("a=1"));
  }
  EXPECT_THAT(bench.host().faults(), IsEmpty());
}

TEST(MqttMapping, LogsABadPayloadEscapedCutAndSeldom) {
  Bench bench(Keys{{"topic", "+"}, {"payload", "json"}});
  bench.message("a\x1b[2J", "\x01\"\n" + std::string(500, 'x'));
  bench.message("a", "{");
  bench.message("a", "{");
  ASSERT_EQ(bench.host().log().size(), 1U);
  EXPECT_THAT(bench.host().log()[0].text, HasSubstr(R"(from "a\x1b[2J", payload "\x01\"\nxxx)"));
  EXPECT_LT(bench.host().log()[0].text.size(), 400U);
  bench.host().advance(std::chrono::seconds(11));
  bench.message("a", "{");
  ASSERT_EQ(bench.host().log().size(), 2U);
  EXPECT_THAT(bench.host().log()[1].text, HasSubstr("(and 2 before it)"));
}

TEST(MqttMapping, RefusesMoreSeriesThanAllowed) {
  Bench bench({Given::section({{"topic", "#"}})}, "3");
  for (int i = 0; i < 100; ++i) bench.message("t/" + std::to_string(i), "1");
  EXPECT_EQ(bench.host().series().size(), 3U);
  EXPECT_EQ(bench.host().counted("series.over_limit"), 97U);
  EXPECT_EQ(bench.host().log().size(), 1U);
  bench.take();
  bench.message("t/1", "5");
  EXPECT_THAT(bench.take(), ElementsAre("t.1=5"));
  bench.message("t/1", R"({"x":5})");
  EXPECT_THAT(bench.take(), IsEmpty());
}

TEST(MqttMapping, SurvivesHostileTopics) {
  Bench bench(Keys{{"topic", "#"}});
  bench.message("a\x01{}\"@,=*?b", "1");
  bench.message(std::string(300, 'x'), "1");    // longer than a name may be
  bench.message(std::string(2'000, 'x'), "1");  // longer than a topic should be
  bench.message(std::string(100, '/'), "1");    // too many levels
  bench.message("", "1");
  EXPECT_THAT(bench.take(), ElementsAre("a_________b=1", "_=1"));
  EXPECT_EQ(bench.host().counted("series.refused"), 1U);
  EXPECT_EQ(bench.host().counted("topic.too_long"), 2U);
}

TEST(MqttMapping, MakesLabelsOfTopicLevelsAndUserProperties) {
  Bench bench(std::vector<Given>{
      Given::section({{"topic", "plant/{hall}/{machine}"},
                      {"name", "temperature"},
                      {"labels", Given::list({Given::section({{"name", "hall"}, {"value", "{hall}"}}),
                                              Given::section({{"name", "machine"}, {"value", "{machine}"}})})},
                      {"user_properties", Given::list({"batch-no"})}})});
  bench.message("plant/2/press", "1");
  bench.message("plant/2/press", "2", false, {{"batch-no", "A"}, {"other", "x"}});
  bench.message("plant/2/press", "3", false, {{"batch-no", "B"}});
  bench.message("plant/2/press", "4", false, {{"batch-no", "A"}});
  bench.message("plant/3/press", "5");
  EXPECT_THAT(bench.take(), ElementsAre(R"(temperature{hall="2",machine="press"}=1)",
                                        R"(temperature{batch_no="A",hall="2",machine="press"}=2)",
                                        R"(temperature{batch_no="B",hall="2",machine="press"}=3)",
                                        R"(temperature{batch_no="A",hall="2",machine="press"}=4)",
                                        R"(temperature{hall="3",machine="press"}=5)"));
  bench.message("plant/2/press", "6", false, {{"batch-no", std::string(300, 'x')}});
  EXPECT_THAT(bench.take(), IsEmpty());
  EXPECT_EQ(bench.host().counted("series.refused"), 1U);
}

TEST(MqttMapping, SaysBadWhenNothingComesForTooLong) {
  Bench bench(Keys{{"topic", "+"}, {"expire_after", "10s"}});
  bench.message("a", "1", true);
  bench.message("b", "1");
  bench.host().advance(std::chrono::seconds(6));
  bench.message("b", "2");
  bench.host().advance(std::chrono::seconds(6));
  bench.tick();
  EXPECT_THAT(bench.take(), ElementsAre("a=1~", "b=1", "b=2", "a=0!"));
  bench.message("a", "3");
  bench.host().advance(std::chrono::seconds(11));
  bench.tick();
  EXPECT_EQ(bench.host().counted("series.expired"), 3U);
}

TEST(MqttMapping, SaysWhatWasNotAskedFor) {
  Bench bench(Keys{{"topic", "a/b"}});
  EXPECT_FALSE(bench.message("a/c", "1"));
  EXPECT_THAT(bench.take(), IsEmpty());
  EXPECT_TRUE(bench.message("a/b", "1"));
}

TEST(MqttMapping, NoticesThatAKindHasChanged) {
  Bench bench(Keys{{"topic", "a"}});
  bench.message("a", "true");
  bench.message("a", "21.5");
  bench.message("a", "0");
  EXPECT_THAT(bench.take(), ElementsAre("a=1", "a=0"));
  EXPECT_EQ(bench.host().counted("payload.kind_changed"), 1U);
  ASSERT_EQ(bench.host().refused().size(), 1U);
  EXPECT_EQ(bench.host().refused()[0].source, "a");
  EXPECT_EQ(bench.host().refused()[0].payload, "21.5");
}

TEST(MqttMapping, FollowsMessagesThatChangeTheirShape) {
  Bench bench(Keys{{"topic", "a"}});
  for (int round = 0; round < 3; ++round) {
    bench.message("a", R"({"x":1,"y":2})");
    bench.message("a", R"({"y":3,"x":4,"z":5})");
    EXPECT_THAT(bench.take(), ElementsAre("a.x=1", "a.y=2", "a.y=3", "a.x=4", "a.z=5"));
  }
  EXPECT_EQ(bench.host().series().size(), 3U);
}

TEST(MqttMapping, SurvivesAFullRing) {
  Bench bench(Keys{{"topic", "a"}});
  bench.message("a", "1");
  bench.host().refuse_readings(true);
  bench.message("a", "2");
  bench.host().refuse_readings(false);
  bench.message("a", "3");
  EXPECT_THAT(bench.take(), ElementsAre("a=1", "a=3"));
}

TEST(MqttMapping, NeverBreaksTheWordsOfTheAbi) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(std::vector<Given>{Given::section({{"topic", "j/#"},
                                                   {"kind", *rc::gen::elementOf(std::vector<std::string>{
                                                                "auto", "gauge", "state", "event"})}}),
                                   Given::section({{"topic", "l/#"}, {"payload", "line"}}),
                                   Given::section({{"topic", "t/#"}, {"payload", "text"}}),
                                   Given::section({{"topic", "#"}, {"payload", "number"}})},
                "20");
    const auto messages = *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
        rc::gen::pair(rc::gen::container<std::string>(rc::gen::elementOf(std::string("jlt/ab"))),
                      rc::gen::container<std::string>(rc::gen::elementOf(std::string("{}[]\":,1ea=. tf\n")))));
    for (const auto& [topic, payload] : messages) bench.message(topic, payload);
    RC_ASSERT(bench.host().series().size() <= 20U);
    for (const std::string& fault : bench.host().faults()) RC_FAIL(fault);
  }));
}

}  // namespace
}  // namespace telltale::mqtt
