// Payloads of zigbee2mqtt, Tasmota and Shelly as their makers document them.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/plugins/mqtt/preset_bench.h"

namespace telltale::mqtt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

constexpr auto kState = static_cast<std::uint32_t>(TELLTALE_KIND_STATE);
constexpr auto kCounter = static_cast<std::uint32_t>(TELLTALE_KIND_COUNTER);
constexpr auto kEvent = static_cast<std::uint32_t>(TELLTALE_KIND_EVENT);

TEST(MqttZigbee2Mqtt, MakesSeriesOfADevicesValues) {
  PresetBench bench("zigbee2mqtt");
  EXPECT_THAT(bench.filters(), ElementsAre("zigbee2mqtt/#"));
  bench.message("zigbee2mqtt/living room",
                R"({"battery":87,"humidity":52.61,"linkquality":120,"pressure":1009.4,"temperature":21.86,)"
                R"("voltage":2995,"last_seen":"2026-03-01T12:00:00+00:00","update":{"state":"idle"}})");
  EXPECT_THAT(bench.take(), UnorderedElementsAre("living room.battery=87", "living room.humidity=52.61",
                                                 "living room.linkquality=120", "living room.pressure=1009.4",
                                                 "living room.temperature=21.86", "living room.voltage=2995"));
  EXPECT_EQ(bench.host().series("living room.temperature")->unit, "°C");
  EXPECT_EQ(bench.host().counted("payload.not_json"), 0U);
  bench.message("zigbee2mqtt/living room", R"({"temperature":22,"last_seen":1767225600000})");
  EXPECT_EQ(bench.host().last("living room.temperature")->time, 1'767'225'600'000'000'000);
  EXPECT_EQ(bench.host().last("living room.temperature")->flags, TELLTALE_READING_WALL_TIME);
}

TEST(MqttZigbee2Mqtt, MakesStatesAndEvents) {
  PresetBench bench("zigbee2mqtt", {{"name", "zb"}});
  bench.message("zigbee2mqtt/plug", R"({"state":"ON","power":12.5,"energy":3.21,"child_lock":"UNLOCK"})", true);
  EXPECT_THAT(bench.take(), UnorderedElementsAre("zb.plug.state='ON'~", "zb.plug.power=12.5~", "zb.plug.energy=3.21~",
                                                 "zb.plug.child_lock='UNLOCK'~"));
  EXPECT_EQ(bench.host().series("zb.plug.energy")->kind, kCounter);
  bench.message("zigbee2mqtt/door", R"({"contact":false,"action":""})");
  EXPECT_THAT(bench.take(), ElementsAre("zb.door.contact='false'"));
  EXPECT_EQ(bench.host().series("zb.door.contact")->kind, kState);
  bench.message("zigbee2mqtt/button", R"({"action":"single"})");
  EXPECT_THAT(bench.take(), ElementsAre("zb.button.action='single'"));
  EXPECT_EQ(bench.host().series("zb.button.action")->kind, kEvent);
}

TEST(MqttZigbee2Mqtt, SaysBadWhenADeviceIsGone) {
  PresetBench bench("zigbee2mqtt");
  bench.message("zigbee2mqtt/a/b", R"({"temperature":20})");
  bench.message("zigbee2mqtt/a/b/availability", R"({"state":"offline"})");
  EXPECT_THAT(bench.take(), ElementsAre("a/b.temperature=20", "a/b.temperature=0!", "a/b.online='false'"));
  bench.message("zigbee2mqtt/a/b/availability", "online");
  bench.message("zigbee2mqtt/bridge/state", R"({"state":"online"})");
  EXPECT_THAT(bench.take(), ElementsAre("a/b.online='true'", "bridge.online='true'"));
  EXPECT_TRUE(bench.message("zigbee2mqtt/bridge/devices", "[1,2,3]"));
  EXPECT_TRUE(bench.message("zigbee2mqtt/plug/set", R"({"state":"ON"})"));
  EXPECT_FALSE(bench.message("other/plug", R"({"state":"ON"})"));
  EXPECT_THAT(bench.take(), IsEmpty());
}

TEST(MqttZigbee2Mqtt, ListensWhereTheUserSays) {
  PresetBench bench("zigbee2mqtt", {{"topic", "home/zigbee"}});
  EXPECT_THAT(bench.filters(), ElementsAre("home/zigbee/#"));
  bench.message("home/zigbee/a", R"({"co2":650})");
  EXPECT_THAT(bench.take(), ElementsAre("a.co2=650"));
}

TEST(MqttTasmota, ReadsTelemetry) {
  PresetBench bench("tasmota");
  EXPECT_THAT(bench.filters(), ElementsAre("tele/+/+", "stat/+/+"));
  bench.message("tele/plug/SENSOR",
                R"({"Time":"2026-01-01T10:00:00","ENERGY":{"TotalStartTime":"2025-01-01T00:00:00","Total":12.345,)"
                R"("Yesterday":0.543,"Today":0.123,"Power":45,"ApparentPower":50,"Factor":0.9,"Voltage":231,)"
                R"("Current":0.215}})");
  EXPECT_THAT(bench.take(),
              UnorderedElementsAre("plug.energy.total=12.345", "plug.energy.yesterday=0.543", "plug.energy.today=0.123",
                                   "plug.energy.power=45", "plug.energy.apparentpower=50", "plug.energy.factor=0.9",
                                   "plug.energy.voltage=231", "plug.energy.current=0.215"));
  EXPECT_EQ(bench.host().series("plug.energy.total")->kind, kCounter);
  EXPECT_EQ(bench.host().series("plug.energy.power")->unit, "W");
  bench.message("tele/th/SENSOR",
                R"({"Time":"2026-01-01T10:00:00","AM2301":{"Temperature":70.3,"Humidity":45.1,"DewPoint":48.2},)"
                R"("TempUnit":"F"})");
  EXPECT_THAT(bench.take(), IsSupersetOf({"th.am2301.temperature=70.3", "th.am2301.humidity=45.1"}));
  EXPECT_EQ(bench.host().series("th.am2301.temperature")->unit, "°F");
}

TEST(MqttTasmota, ReadsStatesAndTheLastWill) {
  PresetBench bench("tasmota");
  bench.message("tele/plug/STATE",
                R"({"Time":"2026-01-01T10:00:00","Uptime":"1T02:03:04","UptimeSec":93784,"Vcc":3.1,"POWER":"ON",)"
                R"("Wifi":{"AP":1,"SSId":"home","RSSI":78,"Signal":-61}})");
  EXPECT_THAT(bench.take(), IsSupersetOf({"plug.uptimesec=93784", "plug.power='on'", "plug.wifi.signal=-61"}));
  bench.message("stat/plug/POWER", "OFF");
  bench.message("stat/plug/POWER2", "ON");
  EXPECT_THAT(bench.take(), ElementsAre("plug.power='off'", "plug.power2='on'"));
  bench.message("tele/plug/LWT", "Offline", true);
  EXPECT_THAT(bench.take(), IsSupersetOf({"plug.power=0!", "plug.online='false'~"}));
  EXPECT_TRUE(bench.message("stat/plug/RESULT", R"({"POWER":"OFF"})"));
  EXPECT_FALSE(bench.message("tele/plug", "1"));
  EXPECT_FALSE(bench.message("cmnd/plug/POWER", "ON"));
  bench.message("stat/plug/POWER", "\xff");
  EXPECT_EQ(bench.host().counted("payload.not_a_number"), 1U);
}

TEST(MqttShelly, ReadsTheFirstGeneration) {
  PresetBench bench("shelly");
  EXPECT_THAT(bench.filters(), ElementsAre("shellies/#", "+/events/rpc", "+/status/#", "+/online"));
  bench.message("shellies/shelly1pm-AB12/relay/0", "on");
  bench.message("shellies/shelly1pm-AB12/relay/0/power", "23.45");
  bench.message("shellies/shelly1pm-AB12/relay/0/energy", "6000");
  bench.message("shellies/shelly1pm-AB12/temperature", "41.2");
  bench.message("shellies/shelly1pm-AB12/temperature_f", "106.2");
  bench.message("shellies/shellyem-1/emeter/0/total", "12345.6");
  bench.message("shellies/shellyht-1/sensor/humidity", "48.5");
  bench.message("shellies/announce", R"({"id":"x"})");
  bench.message("shellies/shelly1pm-AB12/relay/0/command", "on");
  EXPECT_THAT(bench.take(), ElementsAre("shelly1pm-AB12.relay.0='on'", "shelly1pm-AB12.relay.0.power=23.45",
                                        "shelly1pm-AB12.relay.0.energy=100", "shelly1pm-AB12.temperature=41.2",
                                        "shellyem-1.emeter.0.total=12345.6", "shellyht-1.sensor.humidity=48.5"));
  EXPECT_EQ(bench.host().series("shelly1pm-AB12.relay.0.energy")->unit, "Wh");
  EXPECT_EQ(bench.host().series("shelly1pm-AB12.relay.0.energy")->kind, kCounter);
  bench.message("shellies/shellyht-1/online", "false");
  EXPECT_THAT(bench.take(), ElementsAre("shellyht-1.sensor.humidity=0!", "shellyht-1.online='false'"));
}

TEST(MqttShelly, ReadsNotificationsOfLaterGenerations) {
  PresetBench bench("shelly");
  bench.message("shellyplus1pm-a1/events/rpc",
                R"({"src":"shellyplus1pm-a1","dst":"shellyplus1pm-a1/events","method":"NotifyStatus","params":)"
                R"({"ts":1767225600.5,"switch:0":{"id":0,"source":"button","output":true,"apower":8.9,"voltage":237.5,)"
                R"("aenergy":{"total":6.532,"by_minute":[45.199,47.141,88.397],"minute_ts":1626935779},)"
                R"("temperature":{"tC":23.5,"tF":74.4}}}})");
  EXPECT_THAT(
      bench.take(),
      UnorderedElementsAre("shellyplus1pm-a1.switch.0.output='on'", "shellyplus1pm-a1.switch.0.apower=8.9",
                           "shellyplus1pm-a1.switch.0.voltage=237.5", "shellyplus1pm-a1.switch.0.aenergy.total=6.532",
                           "shellyplus1pm-a1.switch.0.temperature.tC=23.5"));
  EXPECT_EQ(bench.host().series("shellyplus1pm-a1.switch.0.aenergy.total")->unit, "Wh");
  EXPECT_EQ(bench.host().series("shellyplus1pm-a1.switch.0.temperature.tC")->unit, "°C");
  bench.message("shellyplus1pm-a1/status/switch:0", R"({"id":0,"output":false,"apower":0.0})");
  EXPECT_THAT(bench.take(),
              ElementsAre("shellyplus1pm-a1.switch.0.output='off'", "shellyplus1pm-a1.switch.0.apower=0"));
  bench.message("i4/events/rpc",
                R"({"src":"i4","method":"NotifyEvent","params":{"ts":1767225600,"events":[{"component":"input:0",)"
                R"("id":0,"event":"single_push","ts":1767225600}]}})");
  EXPECT_THAT(bench.take(), ElementsAre("i4.events.0.event='single_push'"));
  bench.message("shellyplus1pm-a1/online", "false");
  EXPECT_THAT(bench.take(), IsSupersetOf({"shellyplus1pm-a1.switch.0.apower=0!", "shellyplus1pm-a1.online='false'"}));
}

TEST(MqttPresets, CountHostilePayloadsAndGoOn) {
  for (const auto& [preset, topic] : std::vector<std::pair<std::string, std::string>>{
           {"zigbee2mqtt", "zigbee2mqtt/a"}, {"tasmota", "tele/a/SENSOR"}, {"shelly", "a/events/rpc"}}) {
    PresetBench bench(preset);
    std::string many = "{\"k0\":0";
    for (int i = 1; i < 10'000; ++i) many += ",\"k" + std::to_string(i) + "\":1";
    for (const std::string& payload :
         {std::string("{"), std::string(1'000'000, '1'), many + "}", std::string("{\"v\":\"\xff\"}"),
          std::string(R"({"v":NaN})"), std::string(R"({"v":1,"v":2})"),
          std::string(100, '[') + std::string(100, ']')}) {
      bench.message(topic, payload);
    }
    EXPECT_THAT(bench.take(), IsEmpty()) << preset;
    for (const char* const reason :
         {"not_json", "too_large", "too_many_values", "not_utf8", "not_finite", "duplicate_key", "too_deep"}) {
      EXPECT_EQ(bench.host().counted(std::string("payload.") + reason), 1U) << preset << " " << reason;
    }
    EXPECT_THAT(bench.host().faults(), IsEmpty());
  }
}

TEST(MqttPresets, SayBadWhenNothingComesForTooLong) {
  PresetBench bench("zigbee2mqtt", {{"expire_after", "60s"}});
  bench.message("zigbee2mqtt/a", R"({"temperature":20})");
  bench.host().advance(std::chrono::seconds(59));
  bench.tick();
  EXPECT_THAT(bench.take(), ElementsAre("a.temperature=20"));
  bench.host().advance(std::chrono::seconds(2));
  bench.tick();
  bench.tick();
  EXPECT_THAT(bench.take(), ElementsAre("a.temperature=0!"));
  EXPECT_EQ(bench.host().counted("series.expired"), 1U);
}

}  // namespace
}  // namespace telltale::mqtt
