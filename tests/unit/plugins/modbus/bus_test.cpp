// The bus on a simulated line: what is asked when, what a dead unit costs, what is learnt, what is written.
#include "plugins/modbus/bus/bus.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/modbus/profile/profile.h"
#include "tests/unit/plugins/modbus/bus_fixture.h"

namespace telltale::modbus {

WriteResult test::BusRig::write(const std::string& name, double value) {
  WriteResult result;
  std::atomic<bool> is_done = false;
  std::thread writer([&] {
    result = writes.put({name, value, link.now() + std::chrono::seconds(10)}, std::chrono::seconds(20));
    is_done = true;
  });
  while (!is_done) {
    if (const auto command = writes.take()) {
      (void)bus_->perform(*command);
    } else {
      std::this_thread::yield();
    }
  }
  writer.join();
  return result;
}

namespace {

using namespace std::chrono_literals;
using test::BusRig;
using test::device;
using test::Given;
using test::point;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTcp = "tcp://127.0.0.1:502";
constexpr const char* kLine = "rtu:///dev/ttyS0?baud=19200&parity=even";

std::size_t good_readings(BusRig& rig, const std::string& prefix) {
  std::size_t count = 0;
  for (const auto& reading : rig.host().readings()) {
    count += reading.key.starts_with(prefix) && reading.quality == TELLTALE_QUALITY_GOOD ? 1 : 0;
  }
  return count;
}

TEST(ModbusBus, ReadsEachPointAtItsInterval) {
  BusRig rig(kTcp, {device(1, {point("a", 0, {{"every", "1s"}}), point("b", 1, {{"every", "250ms"}}),
                               point("c", 2, {{"every", "1s"}, {"scale", "0.1"}})})});
  rig.units.fill(1, 0, {11, 22, 333});
  rig.run_for(10s);
  EXPECT_EQ(rig.host().readings("a").size(), 10U);
  EXPECT_EQ(rig.host().readings("b").size(), 40U);
  EXPECT_EQ(rig.host().latest("c"), 33.3);
  EXPECT_EQ(rig.units.requests.size(), 50U) << "a and c are one read";
  EXPECT_THAT(rig.host().faults(), IsEmpty());
  EXPECT_EQ(rig.host().counted("deadlines.missed"), 0U);
  // On the raster of the interval, however long a read takes.
  const auto readings = rig.host().readings("b");
  EXPECT_LT(std::abs(readings.back().time - readings.front().time - 39 * 250'000'000LL), 20'000'000);
}

TEST(ModbusBus, CountsDeadlinesThatItCannotMeetAndSaysWhatIsNeeded) {
  BusRig rig(kTcp, {device(1, {point("a", 0)}, {{"every", "10ms"}})});
  rig.units.fill(1, 0, {1});
  rig.units.think = 35ms;
  rig.run_for(130s);
  EXPECT_GT(rig.host().counted("deadlines.missed"), 5'000U);
  std::string said;
  for (const auto& line : rig.host().log()) said += line.text + "\n";
  EXPECT_THAT(said, HasSubstr("readings were left out in the last minute: the plan needs 3"));
}

TEST(ModbusBus, WarnsAtOnceOfAPlanThatALineCannotCarry) {
  std::vector<Given> points;
  points.reserve(100);
  for (int i = 0; i < 100; ++i) points.push_back(point("p" + std::to_string(i), i * 20));
  BusRig rig("rtu:///dev/ttyS0?baud=9600", {device(1, points, {{"every", "1s"}})});
  ASSERT_FALSE(rig.host().log().empty());
  EXPECT_THAT(rig.host().log().front().text, HasSubstr("% of the time of the fake: raise 'every'"));
}

TEST(ModbusBus, GivesUrgentPointsTheBusFirst) {
  std::vector<Given> points{point("high", 0, {{"priority", "high"}})};
  for (int i = 1; i <= 4; ++i) points.push_back(point("low" + std::to_string(i), i * 100, {{"priority", "low"}}));
  BusRig rig(kTcp, {device(1, points, {{"every", "10ms"}})});
  for (int i = 0; i <= 4; ++i) rig.units.fill(1, i * 100, {1});
  rig.units.think = 12ms;
  rig.run_for(10s);
  const std::size_t low = good_readings(rig, "low");
  EXPECT_GT(good_readings(rig, "high"), low * 3 / 5);
  for (int i = 1; i <= 4; ++i) EXPECT_GT(good_readings(rig, "low" + std::to_string(i)), low / 8) << "none starves";
}

// Ten units on a line that has no time to spare; how many readings the nine others make in ten minutes.
std::size_t readings_of_nine(bool tenth_is_dead) {
  std::vector<Given> devices;
  for (int unit = 1; unit <= 10; ++unit) {
    devices.push_back(device(unit, {point("v", 0)}, {{"name", unit == 10 ? "tenth" : "u" + std::to_string(unit)}}));
  }
  BusRig rig(kLine, std::move(devices), {{"every", "50ms"}, {"timeout", "500ms"}});
  for (int unit = 1; unit <= 10; ++unit) rig.units.fill(unit, 0, {7, 8, 9, 10});
  rig.units.think = 15ms;
  rig.run_for(10s);
  if (tenth_is_dead) rig.units.dead.insert(10);
  rig.host().forget_readings();
  rig.run_for(600s);
  return good_readings(rig, "u");
}

TEST(ModbusBus, LosesAtMostTwoPercentToADeadUnitAmongTen) {
  const auto with_ten = static_cast<double>(readings_of_nine(false));
  const auto with_nine = static_cast<double>(readings_of_nine(true));
  EXPECT_GT(with_nine, with_ten * 0.98);
  EXPECT_GT(with_nine, with_ten * 1.05) << "they even have its time";
}

TEST(ModbusBus, HearsAUnitThatReturns) {
  BusRig rig(kLine, {device(1, {point("a", 0)}, {{"name", "u1"}}), device(2, {point("a", 0)}, {{"name", "u2"}})});
  rig.units.fill(1, 0, {5});
  rig.units.fill(2, 0, {6});
  rig.run_for(10s);
  EXPECT_EQ(rig.host().health(), TELLTALE_HEALTH_OK);
  rig.units.dead.insert(2);
  rig.run_for(120s);
  EXPECT_EQ(rig.host().last("u2.a")->quality, TELLTALE_QUALITY_BAD);
  EXPECT_EQ(rig.host().health(), TELLTALE_HEALTH_FAILING);
  EXPECT_THAT(rig.host().health_reason(), HasSubstr("unit 2 (u2) does not answer on the fake (1 of 2)"));
  EXPECT_EQ(good_readings(rig, "u1"), 130U) << "the other one never missed a reading";
  rig.units.dead.clear();
  rig.run_for(70s);
  EXPECT_EQ(rig.host().latest("u2.a"), 6);
  EXPECT_EQ(rig.host().health(), TELLTALE_HEALTH_OK);
}

TEST(ModbusBus, SaysWhyTheLineCannotBeOpenedAndTriesAgain) {
  BusRig rig(kLine, {device(1, {point("a", 0)})});
  rig.units.fill(1, 0, {5});
  rig.link.refusal = "/dev/ttyS0 is not there";
  rig.run_for(30s);
  EXPECT_EQ(rig.host().health_reason(), "/dev/ttyS0 is not there");
  EXPECT_LT(rig.host().counted("connection.failed"), 12U) << "ever more rarely";
  rig.link.refusal.reset();
  rig.run_for(15s);
  EXPECT_EQ(rig.host().latest("a"), 5);
}

TEST(ModbusBus, ReadsAroundHolesAndKeepsThemBad) {
  std::vector<Given> points;
  points.reserve(30);
  for (int i = 0; i < 30; ++i) points.push_back(point("p" + std::to_string(i), i));
  for (const char* const url : {kTcp, kLine}) {
    BusRig rig(url, {device(1, points)});
    for (int i = 0; i < 40; ++i) {
      if (i != 17) rig.units.fill(1, i, {static_cast<std::uint16_t>(i)});
    }
    rig.run_for(20s);
    EXPECT_EQ(rig.host().latest("p16"), 16) << url;
    EXPECT_EQ(rig.host().latest("p18"), 18) << url;
    EXPECT_EQ(rig.host().last("p17")->quality, TELLTALE_QUALITY_BAD) << url;
    rig.units.requests.clear();
    rig.run_for(10s);
    EXPECT_EQ(rig.units.requests.size(), 20U) << url << ": two reads a second";
    rig.units.fill(1, 17, {17});
    rig.run_for(130s);
    EXPECT_EQ(rig.host().latest("p17"), 17) << url << ": it is looked at once a minute";
  }
}

TEST(ModbusBus, ReadsRegisterByRegisterWhereAUnitWantsThat) {
  BusRig rig(kTcp,
             {device(1, {point("f", 10, {{"type", "float32"}}), point("s", 20, {{"type", "string"}, {"length", "3"}})},
                     {{"max_registers", "1"}})});
  rig.units.most = 1;
  rig.units.fill(1, 10, {0x4148, 0});
  rig.units.fill(1, 20, {0x4142, 0x4344, 0x4500});
  rig.run_for(5s);
  EXPECT_EQ(rig.host().latest("f"), 12.5);
  EXPECT_EQ(rig.host().last("s")->text, "ABCDE");
  EXPECT_EQ(rig.host().counted("exceptions"), 0U);
}

TEST(ModbusBus, FindsTheModelsOfASunspecInverter) {
  BusRig rig(kTcp, {Given::section({{"unit", "1"}, {"profile", "sunspec/inverter"}})});
  rig.units.fill(1, 40'000, {0x5375, 0x6e53, 1, 66});  // common
  rig.units.fill(1, 40'004, std::vector<std::uint16_t>(66, 0x4100));
  rig.units.fill(1, 40'070, {103, 50});
  std::vector<std::uint16_t> inverter(50, 0xffff);
  inverter[12] = 1'234;   // W, at offset 14
  inverter[13] = 0xffff;  // W_SF: -1
  inverter[14] = 5'001;   // Hz
  inverter[15] = 0xfffe;  // -2
  rig.units.fill(1, 40'072, inverter);
  rig.units.fill(1, 40'122, {0xffff, 0});
  rig.run_for(60s);
  EXPECT_EQ(rig.host().latest("power"), 123.4);
  EXPECT_EQ(rig.host().latest("frequency"), 50.01);
  EXPECT_EQ(rig.host().last("manufacturer")->text.substr(0, 1), "A");
  EXPECT_THAT(rig.host().faults(), IsEmpty());
}

TEST(ModbusBus, PublishesAboutItselfWhenAsked) {
  BusRig rig(kTcp, {device(3, {point("a", 0)}, {{"name", "m"}})}, {{"statistics", "10s"}});
  rig.units.fill(3, 0, {5});
  rig.run_for(60s);
  EXPECT_GE(rig.host().latest("plc.bus.requests{device=\"m\",unit=\"3\"}").value_or(0), 40);
  EXPECT_NEAR(rig.host().latest("plc.bus.round_trip.p99{device=\"m\",unit=\"3\"}").value_or(0), 5, 0.5);
  EXPECT_NEAR(rig.host().latest("plc.bus.load").value_or(0), 0.5, 0.1);
  EXPECT_THAT(rig.host().faults(), IsEmpty());
}

TEST(ModbusBus, PublishesOnceAMinuteAboutItselfUnlessToldNotTo) {
  for (const bool told : {false, true}) {
    test::Keys more;
    if (told) more.emplace_back("statistics", "0s");
    BusRig rig(kTcp, {device(3, {point("a", 0)})}, more);
    rig.units.fill(3, 0, {5});
    rig.run_for(200s);
    EXPECT_EQ(rig.host().readings("plc.bus.round_trip.p99{unit=\"3\"}").size(), told ? 0U : 3U);
  }
}

TEST(ModbusBus, CountsOfEachUnitItsWrongChecksumsAndItsExceptionsByCode) {
  BusRig rig(
      kLine,
      {device(3, {point("a", 0)}, {{"name", "m"}}), device(4, {point("b", 0), point("gone", 50)}, {{"name", "n"}})},
      {{"statistics", "10s"}});
  rig.units.fill(3, 0, {5});
  rig.units.fill(4, 0, {6});
  rig.units.spoilt = 1;
  rig.run_for(5s);
  const std::uint64_t three = rig.host().counted("unit.3.checksum.wrong");
  const std::uint64_t four = rig.host().counted("unit.4.checksum.wrong");
  EXPECT_EQ(three + four, 1U);
  EXPECT_GE(rig.host().counted("unit.4.exceptions.2"), 1U);
  EXPECT_EQ(rig.host().counted("unit.3.exceptions.2"), 0U);
  rig.run_for(60s);
  EXPECT_EQ(rig.host().latest("plc.bus.bad_checksums{device=\"m\",unit=\"3\"}"), static_cast<double>(three));
  EXPECT_EQ(rig.host().latest("plc.bus.bad_checksums{device=\"n\",unit=\"4\"}"), static_cast<double>(four));
  EXPECT_GE(rig.host().latest("plc.bus.exceptions.by_code{code=\"2\",device=\"n\",unit=\"4\"}").value_or(0), 1);
  EXPECT_FALSE(rig.host().series("plc.bus.exceptions.by_code{code=\"2\",device=\"m\",unit=\"3\"}"));
  EXPECT_THAT(rig.host().faults(), IsEmpty());
}

// A unit rests while a reply to what it was asked before may still come: nobody may turn in a circle meanwhile.
TEST(ModbusBus, WaitsQuietlyUntilARestingUnitMayBeAsked) {
  BusRig rig(kLine, {device(3, {point("a", 0)}), device(4, {point("b", 0)}, {{"name", "n"}})});
  rig.units.fill(3, 0, {5});
  rig.units.fill(4, 0, {6});
  rig.units.spoilt = 1;
  EXPECT_LT(rig.steps_of(10s), 400) << "a step either asks or waits";
  EXPECT_EQ(rig.host().latest("a"), 5);
  EXPECT_EQ(rig.host().latest("n.b"), 6);
}

// When the requests of two units were sent, one after the other, with the pauses that are given.
std::vector<Time> sent_at(const test::Keys& pauses) {
  BusRig rig(
      kLine,
      {device(1, {point("a", 0), point("b", 100)}, {{"name", "m"}}), device(2, {point("a", 0)}, {{"name", "n"}})},
      pauses);
  for (const int unit : {1, 2}) {
    for (const int address : {0, 100}) rig.units.fill(unit, address, {1, 1, 1, 1});
  }
  std::vector<Time> times;
  const auto answer = rig.link.on_send;
  rig.link.on_send = [&](const test::Bytes& frame) {
    times.push_back(rig.link.now());
    answer(frame);
  };
  const Time start = rig.link.now();
  rig.run_for(500ms);
  for (Time& time : times) time -= start;
  return times;
}

TEST(ModbusBus, KeepsThePausesThatSlowDevicesNeed) {
  const auto plain = sent_at({});
  ASSERT_EQ(plain.size(), 3U);
  EXPECT_LT(plain[0], 5ms);
  const auto connected = sent_at({{"connect_delay", "100ms"}});
  ASSERT_EQ(connected.size(), 3U);
  EXPECT_GE(connected[0], 100ms);
  EXPECT_LT(connected[0], 110ms);
  EXPECT_EQ(connected[2] - connected[0], plain[2] - plain[0]) << "once";
  const auto requested = sent_at({{"request_delay", "50ms"}});
  ASSERT_EQ(requested.size(), 3U);
  for (const std::size_t i : {1U, 2U}) EXPECT_GE(requested[i] - requested[i - 1], plain[i] - plain[i - 1] + 40ms) << i;
  const auto turned = sent_at({{"turnaround", "80ms"}});
  ASSERT_EQ(turned.size(), 3U);
  EXPECT_LT(turned[1] - turned[0], 80ms) << "the same unit is asked again at once";
  EXPECT_GE(turned[2] - turned[1], 80ms) << "another one after the pause";
}

TEST(ModbusBus, ReadsEveryPointOfEveryProfileThatComesWithIt) {
  const std::string folder = TELLTALE_BINARY_DIR "/share/telltale/profiles/modbus";
  const auto names = profile_names({folder});
  ASSERT_GE(names.size(), 8U);
  for (const std::string& name : names) {
    const Profile profile = Profile::load(name, {folder});
    const auto points = profile.options().items("points");
    if (points.empty()) continue;  // SunSpec's are found: see FindsTheModelsOfASunspecInverter
    BusRig rig(kLine, {Given::section({{"unit", "1"}, {"profile", name}})}, {{"statistics", "0s"}});
    rig.units.whole.insert(1);
    rig.run_for(20s);
    for (const Options& point : points) {
      const auto last = rig.host().last(point.text("name"));
      ASSERT_TRUE(last) << name << ": " << point.text("name");
      EXPECT_EQ(last->quality, TELLTALE_QUALITY_GOOD) << name << ": " << point.text("name");
    }
    EXPECT_EQ(rig.host().counted("exceptions"), 0U) << name;
    EXPECT_THAT(rig.host().faults(), IsEmpty()) << name;
  }
}

TEST(ModbusBus, CountsNeverExceedWhatTheHostShows) {
  std::vector<Given> devices;
  for (int unit = 1; unit <= 100; ++unit)
    devices.push_back(device(unit, {point("v", 0)}, {{"name", "u" + std::to_string(unit)}}));
  BusRig rig(kTcp, std::move(devices), {{"timeout", "50ms"}});
  for (int unit = 1; unit <= 50; ++unit) rig.units.fill(unit, 0, {1});
  rig.run_for(60s);
  EXPECT_THAT(rig.host().faults(), IsEmpty());
}

Given output(const std::string& name, const std::string& table, int address, test::Keys more = {}) {
  test::Keys keys{{"name", name}, {table, std::to_string(address)}, {"write", "true"}};
  for (auto& key : more) keys.push_back(std::move(key));
  return Given::section(std::move(keys));
}

TEST(ModbusWrite, SetsOutputsAndReadsThemBack) {
  BusRig rig(kTcp, {device(1,
                           {output("setpoint", "holding", 0, {{"type", "int16"}, {"scale", "0.1"}}),
                            output("ratio", "holding", 2, {{"type", "float32"}, {"order", "word_swap"}}),
                            output("pump", "coil", 5), output("valve", "coil", 6, {{"write_multiple", "true"}}),
                            output("mode", "holding", 8, {{"write_multiple", "true"}})},
                           {{"name", "plc"}})});
  rig.units.fill(1, 0, std::vector<std::uint16_t>(10, 0));
  rig.run_for(2s);
  const std::vector<std::tuple<std::string, double, int>> cases{{"plc.setpoint", 21.3, 6},
                                                                {"plc.ratio", 12.5, 16},
                                                                {"plc.pump", 1, 5},
                                                                {"plc.valve", 1, 15},
                                                                {"plc.mode", 3, 16}};
  for (const auto& [name, value, function] : cases) {
    rig.units.requests.clear();
    const WriteResult done = rig.write(name, value);
    EXPECT_EQ(done.result, TELLTALE_OK) << name << ": " << done.reason;
    EXPECT_EQ(rig.units.requests.at(0).at(1), function) << name;
    EXPECT_EQ(rig.units.requests.size(), 2U) << name << " is read back";
  }
  EXPECT_EQ((rig.units.holding[{1, 0}]), 213);
  EXPECT_EQ((rig.units.holding[{1, 3}]), 0x4148);
  EXPECT_TRUE((rig.units.coils[{1, 5}]));
  rig.run_for(3s);
  EXPECT_EQ(rig.host().latest("plc.setpoint"), 21.3);
}

TEST(ModbusWrite, RefusesWhatIsNotToBeSet) {
  BusRig rig(kTcp, {device(1, {point("a", 0), output("b", "holding", 1, {{"maximum", "100"}}), output("c", "coil", 0),
                               output("gone", "holding", 50), output("stuck", "holding", 2)})});
  rig.units.fill(1, 0, {0, 0, 0});
  rig.units.stuck = 2;
  rig.run_for(3s);
  const std::vector<std::tuple<std::string, double, telltale_result, std::string>> cases{
      {"a", 1, TELLTALE_E_INVALID, "write: true"},        {"nothing", 1, TELLTALE_E_INVALID, "is no output"},
      {"b", 101, TELLTALE_E_INVALID, "does not fit"},     {"b", 1.5, TELLTALE_E_INVALID, "does not fit"},
      {"b", -1, TELLTALE_E_INVALID, "does not fit"},      {"c", 2, TELLTALE_E_INVALID, "does not fit"},
      {"gone", 1, TELLTALE_E_IO, "illegal data address"}, {"stuck", 5, TELLTALE_E_IO, "something else stands there"}};
  for (const auto& [name, value, result, reason] : cases) {
    const WriteResult done = rig.write(name, value);
    EXPECT_EQ(done.result, result) << name << " " << value;
    EXPECT_THAT(done.reason, HasSubstr(reason)) << name << " " << value;
  }
  rig.units.dead.insert(1);
  const WriteResult done = rig.write("b", 5);
  EXPECT_EQ(done.result, TELLTALE_E_IO);
  EXPECT_THAT(done.reason, HasSubstr("does not answer"));
}

TEST(ModbusWrite, TellsThoseThatWaitWhenItStops) {
  WriteQueue queue(-1);
  queue.close();
  EXPECT_EQ(queue.put({"a", 1, {}}, 1s).result, TELLTALE_E_STOPPED);
}

}  // namespace
}  // namespace telltale::modbus
