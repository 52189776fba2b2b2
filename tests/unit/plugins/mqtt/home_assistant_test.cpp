#include "plugins/mqtt/presets/home_assistant.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/mqtt/preset_bench.h"

namespace telltale::mqtt {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kState = static_cast<std::uint32_t>(TELLTALE_KIND_STATE);
constexpr auto kCounter = static_cast<std::uint32_t>(TELLTALE_KIND_COUNTER);
constexpr auto kEvent = static_cast<std::uint32_t>(TELLTALE_KIND_EVENT);

// The examples of Home Assistant's documentation, "MQTT discovery".
TEST(MqttHomeAssistant, FollowsTheDocumentedSensors) {
  PresetBench bench("homeassistant");
  EXPECT_THAT(bench.filters(), Contains("homeassistant/sensor/+/config"));
  bench.message("homeassistant/sensor/sensorBedroomT/config",
                R"({"device_class":"temperature","state_topic":"homeassistant/sensor/sensorBedroom/state",)"
                R"("unit_of_measurement":"°C","value_template":"{{ value_json.temperature}}","unique_id":"temp01ae",)"
                R"("device":{"identifiers":["bedroom01ae"],"name":"Bedroom"}})",
                true);
  bench.message("homeassistant/sensor/sensorBedroomH/config",
                R"({"device_class":"humidity","state_topic":"homeassistant/sensor/sensorBedroom/state",)"
                R"("unit_of_measurement":"%","value_template":"{{ value_json.humidity}}","unique_id":"hum01ae",)"
                R"("device":{"identifiers":["bedroom01ae"],"name":"Bedroom"}})",
                true);
  EXPECT_THAT(bench.filters(), Contains("homeassistant/sensor/sensorBedroom/state"));
  bench.message("homeassistant/sensor/sensorBedroom/state", R"({"temperature":23.20,"humidity":43.70})");
  EXPECT_THAT(bench.take(), ElementsAre("bedroom.temperature=23.2", "bedroom.humidity=43.7"));
  EXPECT_EQ(bench.host().series("bedroom.temperature")->unit, "°C");
}

TEST(MqttHomeAssistant, FollowsTheDocumentedBinarySensor) {
  PresetBench bench("homeassistant");
  bench.message("homeassistant/binary_sensor/garden/config",
                R"({"name":null,"device_class":"motion","state_topic":"homeassistant/binary_sensor/garden/state",)"
                R"("unique_id":"motion01ad","device":{"identifiers":["01ad"],"name":"Garden"}})");
  bench.message("homeassistant/binary_sensor/garden/state", "ON");
  bench.message("homeassistant/binary_sensor/garden/state", "OFF", true);
  bench.message("homeassistant/binary_sensor/garden/state", "maybe");
  EXPECT_THAT(bench.take(), ElementsAre("garden.motion=1", "garden.motion=0~"));
  EXPECT_EQ(bench.host().series("garden.motion")->kind, kState);
  EXPECT_EQ(bench.host().series("garden.motion")->states.at(1), "on");
  EXPECT_EQ(bench.host().counted("payload.not_a_state"), 1U);
}

TEST(MqttHomeAssistant, KnowsAbbreviationsAndTheBaseTopic) {
  PresetBench bench("homeassistant");
  bench.message("homeassistant/sensor/node/energy/config",
                R"({"~":"meters/7","name":"Energy","stat_t":"~/state","unit_of_meas":"kWh","val_tpl":)"
                R"("{{ value_json['total'] | float / 1000 }}","stat_cla":"total_increasing","obj_id":"main_energy",)"
                R"("sug_dsp_prc":3,"avty_t":"~/lwt","pl_avail":"up","pl_not_avail":"down","exp_aft":60})");
  bench.message("meters/7/state", R"({"total": "12345"})");
  EXPECT_THAT(bench.take(), ElementsAre("main_energy=12.345"));
  EXPECT_EQ(bench.host().series("main_energy")->kind, kCounter);
  EXPECT_EQ(bench.host().series("main_energy")->decimals, 3);
  bench.message("meters/7/lwt", "down");
  EXPECT_THAT(bench.take(), ElementsAre("main_energy=0!"));
  bench.message("meters/7/lwt", "down");
  EXPECT_THAT(bench.take(), IsEmpty());
  bench.message("meters/7/lwt", "up");
  bench.message("meters/7/state", R"({"total": 1})");
  bench.host().advance(std::chrono::seconds(61));
  bench.tick();
  EXPECT_THAT(bench.take(), ElementsAre("main_energy=0.001", "main_energy=0!"));
}

TEST(MqttHomeAssistant, FollowsADeviceWithManyComponents) {
  PresetBench bench("homeassistant");
  bench.message("homeassistant/device/0AFFD2/config",
                R"({"dev":{"ids":"ea334450945afc","name":"Kitchen"},"o":{"name":"bla2mqtt"},"cmps":{)"
                R"("some_unique_component_id1":{"p":"sensor","device_class":"temperature","unit_of_measurement":"°C",)"
                R"("value_template":"{{ value_json.temperature }}","unique_id":"temp01ae_t"},)"
                R"("bla1":{"p":"device_automation","automation_type":"trigger"},)"
                R"("id2":{"p":"sensor","device_class":"humidity","unit_of_measurement":"%",)"
                R"("value_template":"{{ value_json.humidity }}","unique_id":"temp01ae_h"}},)"
                R"("state_topic":"sensorBedroom/state","qos":2})");
  bench.message("sensorBedroom/state", R"({"temperature":20.5,"humidity":41})");
  EXPECT_THAT(bench.take(), ::testing::UnorderedElementsAre("kitchen.temperature=20.5", "kitchen.humidity=41"));
}

TEST(MqttHomeAssistant, ForgetsWhatIsRemovedAndTakesWhatIsChanged) {
  PresetBench bench("homeassistant");
  const std::string topic = "homeassistant/sensor/a/config";
  bench.message(topic, R"({"state_topic":"one","object_id":"a"})");
  bench.message("one", "1");
  bench.message(topic, R"({"state_topic":"two","object_id":"a"})");
  EXPECT_FALSE(bench.message("one", "2"));
  bench.message("two", "3");
  bench.message(topic, "");
  EXPECT_FALSE(bench.message("two", "4"));
  EXPECT_THAT(bench.take(), ElementsAre("a=1", "a=3"));
}

TEST(MqttHomeAssistant, KeepsTextsAndSaysBadOfUnknown) {
  PresetBench bench("homeassistant");
  bench.message("homeassistant/sensor/m/config", R"({"state_topic":"m","object_id":"mode","device_class":"enum"})");
  bench.message("homeassistant/sensor/n/config", R"({"state_topic":"n","object_id":"note"})");
  bench.message("homeassistant/sensor/t/config", R"({"state_topic":"t","object_id":"t","unit_of_measurement":"K"})");
  bench.message("m", "eco");
  bench.message("n", "hello");
  bench.message("t", "300.5");
  bench.message("t", "None");
  EXPECT_THAT(bench.take(), ElementsAre("mode='eco'", "note='hello'", "t=300.5", "t=0!"));
  EXPECT_EQ(bench.host().series("mode")->kind, kState);
  EXPECT_EQ(bench.host().series("note")->kind, kEvent);
}

TEST(MqttHomeAssistant, CountsConfigurationsThatItCannotFollow) {
  PresetBench bench("homeassistant");
  bench.message("homeassistant/sensor/a/config", R"({"name":"no topic"})");
  bench.message("homeassistant/sensor/b/config", R"({"state_topic":"x/#"})");
  bench.message("homeassistant/sensor/c/config", R"({"state_topic":"x","value_template":"{{ now() }}"})");
  bench.message("homeassistant/sensor/d/config", "{");
  bench.message("homeassistant/light/e/config", R"({"state_topic":"x"})");
  EXPECT_EQ(bench.host().counted("payload.discovery"), 3U);
  EXPECT_EQ(bench.host().counted("payload.not_json"), 1U);
  EXPECT_FALSE(bench.message("x", "1"));
  ASSERT_FALSE(bench.host().log().empty());
  EXPECT_THAT(bench.host().log()[0].text, HasSubstr("no state_topic"));
}

TEST(MqttHomeAssistant, TakesSoManyEntitiesAndNoMore) {
  PresetBench bench("homeassistant");
  for (std::size_t i = 0; i < HomeAssistant::kMaxEntities + 10; ++i) {
    bench.message("homeassistant/sensor/s" + std::to_string(i) + "/config", R"({"state_topic":"x","object_id":"x"})");
  }
  EXPECT_EQ(bench.host().counted("discovery.over_limit"), 10U);
}

}  // namespace
}  // namespace telltale::mqtt
