#include "plugins/mqtt-out/json_form.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "tests/support/outgoing.h"

namespace telltale::mqtt_out {
namespace {

using test::Outgoing;

constexpr std::int64_t kMs = 1'000'000;

JsonSettings settings(std::string_view topic = "t/{node}/{path}") {
  return {.topic = {"topic", topic, "press/7", "out"},
          .status = "t/status",
          .node = "press/7",
          .homeassistant = std::nullopt};
}

std::string said(Outgoing& out, bool live = true) {
  std::string text;
  append_reading(text, out.readings().front(), !live);
  return text;
}

TEST(MqttTopic, FillsInFieldsAndKeepsThemToOneLevel) {
  Outgoing out;
  const auto& series = out.series("oil.a/b#.+", TELLTALE_KIND_GAUGE, {{"line", "1/2"}});
  const auto topic = [&](std::string_view text) { return TopicTemplate("topic", text, "press/7", "out").of(series); };
  EXPECT_EQ(topic("{node}/{id}/{path}"), "press_7/out/oil/a_b_/_");
  EXPECT_EQ(topic("x/{series}/{line}/{other}"), "x/oil.a_b_._/1_2/_");
}

TEST(MqttTopic, RefusesWhatCannotBePublishedTo) {
  for (const char* text : {"", "a/#", "a/+", "a/{", "a/}", "a/{}", "$SYS/a", "a\n"}) {
    EXPECT_THROW(TopicTemplate("topic", text, "n", "i"), ConfigError) << text;
  }
  EXPECT_THROW(TopicTemplate("topic", std::string(2'000, 'a'), "n", "i"), ConfigError);
}

TEST(MqttJson, SaysAllOfAReading) {
  Outgoing out;
  out.add(out.series("a.b", TELLTALE_KIND_GAUGE, {{"l", "\"\\\n"}}, "°C"), 5 * kMs, 0.1);
  EXPECT_EQ(said(out),
            "{\"series\":\"a.b\",\"labels\":{\"l\":\"\\\"\\\\\\u000a\"},\"time\":5,\"value\":0.1,\"unit\":\"°C\","
            "\"quality\":\"good\"}");
}

TEST(MqttJson, SaysStatesEventsAndWhatIsGone) {
  struct Case {
    std::uint32_t kind;
    double value;
    std::uint32_t quality;
    const char* text;
    const char* expected;
  };
  for (const Case& one : {
           Case{TELLTALE_KIND_STATE, 2, TELLTALE_QUALITY_STALE, "idle",
                R"({"series":"a","time":5,"value":2,"state":"idle","quality":"stale","historical":true})"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_UNCERTAIN, "began",
                R"({"series":"a","time":5,"text":"began","quality":"uncertain","historical":true})"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_BAD, "fault",
                R"({"series":"a","time":5,"text":"fault","quality":"bad","historical":true})"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_BAD, "",
                R"({"series":"a","time":5,"text":null,"quality":"bad","historical":true})"},
           Case{TELLTALE_KIND_GAUGE, 7, TELLTALE_QUALITY_BAD, "",
                R"({"series":"a","time":5,"value":null,"quality":"bad","historical":true})"},
           Case{TELLTALE_KIND_GAUGE, std::numeric_limits<double>::infinity(), TELLTALE_QUALITY_GOOD, "",
                R"({"series":"a","time":5,"value":null,"quality":"bad","historical":true})"},
       }) {
    Outgoing out;
    out.add(out.series("a", one.kind), 5 * kMs, one.value, one.quality, one.text);
    EXPECT_EQ(said(out, false), one.expected);
  }
}

TEST(MqttJson, RetainsWhatIsLiveOnly) {
  JsonForm form(settings());
  Outgoing out;
  out.add("a", kMs, 1);
  const Messages live = form.readings(OutgoingBatch(out.batch(true)));
  ASSERT_EQ(live.size(), 1U);
  EXPECT_EQ(live[0].topic, "t/press_7/a");
  EXPECT_TRUE(live[0].retain);
  EXPECT_EQ(live[0].qos, 1);
  EXPECT_FALSE(form.readings(OutgoingBatch(out.batch(false))).at(0).retain);
  EXPECT_EQ(form.will().payload, "offline");
  EXPECT_EQ(form.hello().back().payload, "online");
  EXPECT_EQ(form.goodbye().at(0).payload, "offline");
}

TEST(MqttJson, CutsBatchesThatGrowTooLarge) {
  JsonSettings with = settings("t");
  with.batch = true;
  JsonForm form(with);
  Outgoing out;
  const std::string name(200, 'x');
  for (int i = 0; i < 2'000; ++i) out.add(name, i * kMs, i);
  std::size_t readings = 0;
  const Messages messages = form.readings(OutgoingBatch(out.batch()));
  EXPECT_GT(messages.size(), 1U);
  for (const auto& message : messages) {
    EXPECT_LT(message.payload.size(), 130'000U);
    EXPECT_TRUE(message.payload.starts_with("{\"readings\":[{") && message.payload.ends_with("}]}"));
    for (std::size_t at = 0; (at = message.payload.find("\"series\"", at)) != std::string::npos; ++at) ++readings;
  }
  EXPECT_EQ(readings, 2'000U);
}

TEST(Discovery, KnowsQuantitiesByTheirUnits) {
  EXPECT_EQ(device_class("°C", "a"), "temperature");
  EXPECT_EQ(device_class("%", "hall.humidity"), "humidity");
  EXPECT_EQ(device_class("%", "valve"), "");
  EXPECT_EQ(device_class("", "a"), "");
  EXPECT_NE(object_id("a.b"), object_id("a_b"));
}

TEST(Discovery, AnnouncesOnceAndWithdrawsWhatIsNotItsOwn) {
  using std::chrono::seconds;
  Discovery discovery("ha", "press 7", "t/status", seconds(10));
  EXPECT_EQ(discovery.filter(), "ha/sensor/telltale_press_7/+/config");
  Outgoing out;
  const auto& energy = out.series("energy", TELLTALE_KIND_COUNTER, {}, "kWh");
  const auto config = discovery.announce(energy, "t/energy");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->retain);
  EXPECT_NE(
      config->payload.find(R"("unit_of_measurement":"kWh","device_class":"energy","state_class":"total_increasing")"),
      std::string::npos);
  EXPECT_FALSE(discovery.announce(energy, "t/energy"));
  EXPECT_FALSE(discovery.announce(out.series("note", TELLTALE_KIND_EVENT), "t/note"));
  EXPECT_EQ(discovery.all().size(), 1U);
  discovery.take(config->topic, config->payload);
  discovery.take("ha/sensor/telltale_press_7/old/config", "{}");
  discovery.take("ha/sensor/telltale_press_7/gone/config", "{}");
  discovery.take("ha/sensor/telltale_press_7/gone/config", "");
  EXPECT_TRUE(discovery.withdraw(seconds(100)).empty());
  EXPECT_TRUE(discovery.withdraw(seconds(109)).empty());
  const Messages withdrawn = discovery.withdraw(seconds(110));
  ASSERT_EQ(withdrawn.size(), 1U);
  EXPECT_EQ(withdrawn[0].topic, "ha/sensor/telltale_press_7/old/config");
  EXPECT_TRUE(withdrawn[0].payload.empty() && withdrawn[0].retain);
  EXPECT_TRUE(discovery.withdraw(seconds(111)).empty());
}

}  // namespace
}  // namespace telltale::mqtt_out
