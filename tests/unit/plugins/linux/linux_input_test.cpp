// The whole input against a recorded machine.
#include "plugins/linux/linux_input.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/plugin_runner.h"
#include "tests/support/temporary_tree.h"

namespace telltale::linux_input {
namespace {

using std::chrono::seconds;
using test::Given;
using test::PluginRunner;
using test::PublishedReading;
using test::TemporaryTree;

// Space as it was on the recorded machine; the tests' own disk does not matter.
std::optional<Space> recorded_space(const std::string& path) {
  if (path.ends_with("/boot/firmware")) return Space{500'000'000, 100'000'000, 400'000'000};
  if (path.ends_with("/mnt/USB stick")) return std::nullopt;  // pulled out
  if (path.ends_with('/')) return Space{30'000'000'000, 9'000'000'000, 18'000'000'000};
  ADD_FAILURE() << "asked for the space of " << path;
  return std::nullopt;
}

struct RecordedInput : LinuxInput {
  explicit RecordedInput(Host host) : LinuxInput(host, recorded_space) {}
};

const telltale_plugin& plugin() { return *detail::Glue<RecordedInput>::entry(TELLTALE_ABI_MAJOR); }

class LinuxInputTest : public testing::Test {
 protected:
  [[nodiscard]] Given options(std::vector<std::pair<std::string, Given>> more = {}) const {
    more.emplace_back("root", tree_.path().string());
    more.emplace_back("every", "10ms");
    more.emplace_back("w1_every", "10ms");
    return Given::section(std::move(more));
  }
  // Of /proc only: no thread, so that all is known once poll() returns.
  [[nodiscard]] Given only(std::string part) const { return options({{"collect", Given::list({std::move(part)})}}); }

  static std::map<std::string, double> good_values(const test::FakeHost& host) {
    std::map<std::string, double> values;
    for (const PublishedReading& reading : host.readings()) {
      if (reading.quality == TELLTALE_QUALITY_GOOD) values[reading.key] = reading.value;
    }
    return values;
  }
  // Every series' newest value is the expected one, and there is no further series.
  static void expect_exactly(const test::FakeHost& host, const std::map<std::string, double>& expected) {
    const auto actual = good_values(host);
    for (const auto& [key, value] : expected) {
      const auto found = actual.find(key);
      ASSERT_NE(found, actual.end()) << key << " is missing";
      EXPECT_NEAR(found->second, value, 1e-6 * (1 + std::abs(value))) << key;
    }
    for (const auto& [key, value] : actual)
      EXPECT_TRUE(expected.contains(key)) << "not expected: " << key << " " << value;
  }

  TemporaryTree tree_{std::string(TELLTALE_SOURCE_DIR) + "/tests/data/linux-root"};
};

const std::map<std::string, double> kFirstPoll{
    {"cpu.frequency", 1500},
    {"load.1m", 0.06},
    {"load.5m", 0.01},
    {"load.15m", 0},
    {"memory.used", (3884732.0 - 3012408) * 1024},
    {"memory.available", 3012408.0 * 1024},
    {"memory.total", 3884732.0 * 1024},
    {"memory.cached", (45120.0 + 712340 + 38204) * 1024},
    {"memory.usage", 100 * (3884732.0 - 3012408) / 3884732},
    {"swap.used", (102396.0 - 81916) * 1024},
    {"swap.total", 102396.0 * 1024},
    {"swap.usage", 100 * (102396.0 - 81916) / 102396},
    {"tasks.running", 1},
    {"tasks.blocked", 0},
    {"tasks.total", 93},
    {"system.uptime", 7311.39},
    {"disk.read{disk=\"mmcblk0\"}", 4751498.0 * 512},
    {"disk.written{disk=\"mmcblk0\"}", 2052328.0 * 512},
    {"disk.read.operations{disk=\"mmcblk0\"}", 34230},
    {"disk.written.operations{disk=\"mmcblk0\"}", 26401},
    {"disk.read{disk=\"sda\"}", 98230.0 * 512},
    {"disk.written{disk=\"sda\"}", 0},
    {"disk.read.operations{disk=\"sda\"}", 1204},
    {"disk.written.operations{disk=\"sda\"}", 0},
    {"filesystem.used{mount=\"/\"}", 9e9},
    {"filesystem.available{mount=\"/\"}", 18e9},
    {"filesystem.total{mount=\"/\"}", 30e9},
    {"filesystem.usage{mount=\"/\"}", 100.0 / 3},
    {"filesystem.used{mount=\"/boot/firmware\"}", 1e8},
    {"filesystem.available{mount=\"/boot/firmware\"}", 4e8},
    {"filesystem.total{mount=\"/boot/firmware\"}", 5e8},
    {"filesystem.usage{mount=\"/boot/firmware\"}", 20},
    {"net.received{interface=\"eth0\"}", 162083676},
    {"net.sent{interface=\"eth0\"}", 175882},
    {"net.errors{interface=\"eth0\"}", 3},
    {"net.drops{interface=\"eth0\"}", 7},
    {"net.link{interface=\"eth0\"}", 1},
    {"net.received{interface=\"wlan0\"}", 0},
    {"net.sent{interface=\"wlan0\"}", 0},
    {"net.errors{interface=\"wlan0\"}", 0},
    {"net.drops{interface=\"wlan0\"}", 0},
    {"net.link{interface=\"wlan0\"}", 0},
};

Given proc_only(Given given) {
  given.children.emplace_back(
      "collect", Given::list({"cpu", "load", "memory", "pressure", "system", "disks", "filesystems", "network"}));
  return given;
}

TEST_F(LinuxInputTest, FirstPollPublishesWhatNeedsNoPast) {
  PluginRunner input(plugin(), proc_only(options()));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  expect_exactly(input.host(), kFirstPoll);
  EXPECT_EQ(input.host().publish_calls(), 1U) << "one crossing for all";
  EXPECT_EQ(input.host().counted("malformed"), 0U);
  EXPECT_EQ(input.host().health(), TELLTALE_HEALTH_OK);
  EXPECT_THAT(input.host().faults(), testing::IsEmpty());
  std::set<std::int64_t> times;
  for (const PublishedReading& reading : input.host().readings()) times.insert(reading.time);
  EXPECT_EQ(times.size(), 1U) << "what is read together has one time";
}

TEST_F(LinuxInputTest, SecondPollKnowsSharesAndRates) {
  PluginRunner input(plugin(), proc_only(options()));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  tree_.write("proc/stat",
              "cpu  7020 130 6631 1446301 532 0 251 50 0 0\n"
              "cpu0 2244 65 2250 725763 34 0 108 25 0 0\n"
              "cpu1 4776 65 4381 720538 498 0 143 25 0 0\n"
              "intr 373228\nctxt 560674\nprocs_running 3\nprocs_blocked 1\n");
  tree_.write("proc/diskstats",
              " 179       0 mmcblk0 34330 12086 4755594 10234 26501 9963 2054376 10987 0 10624 22549\n"
              "   8       0 sda 1204 17 98230 4120 0 0 0 0 0 3890 4120\n");
  tree_.write("proc/self/net/dev",
              "  eth0: 162183676 4463 2 7 0 0 0 31 275882 2502 1 0 0 0 0 0\n"
              " wlan0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  tree_.write("proc/pressure/cpu",
              "some avg10=0 avg60=0 avg300=0 total=24583066\nfull avg10=0 avg60=0 avg300=0 total=0\n");
  tree_.write("proc/pressure/io",
              "some avg10=0 avg60=0 avg300=0 total=390217\nfull avg10=0 avg60=0 avg300=0 total=248311\n");
  input.host().forget_readings();
  input.host().advance(seconds(2));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  const auto values = good_values(input.host());
  const std::map<std::string, double> expected{
      // 200 ticks passed: 50 in programs, 30 in the kernel, 20 for disks, 10 stolen -> of 210
      {"cpu.user", 100 * 50.0 / 210},
      {"cpu.system", 100 * 30.0 / 210},
      {"cpu.iowait", 100 * 20.0 / 210},
      {"cpu.steal", 100 * 10.0 / 210},
      {"cpu.usage", 100 * 90.0 / 210},
      {"cpu.core.usage{core=\"0\"}", 100 * 35.0 / 95},
      {"cpu.core.usage{core=\"1\"}", 100 * 55.0 / 115},
      {"system.interrupts.rate", 1000},
      {"system.context_switches.rate", 2000},
      {"tasks.running", 3},
      {"tasks.blocked", 1},
      {"disk.read.rate{disk=\"mmcblk0\"}", 4096 * 512 / 2.0},
      {"disk.written.rate{disk=\"mmcblk0\"}", 2048 * 512 / 2.0},
      {"disk.busy{disk=\"mmcblk0\"}", 50},
      {"disk.read.rate{disk=\"sda\"}", 0},
      {"disk.busy{disk=\"sda\"}", 0},
      {"net.received.rate{interface=\"eth0\"}", 50'000},
      {"net.sent.rate{interface=\"eth0\"}", 50'000},
      {"net.received.rate{interface=\"wlan0\"}", 0},
      {"pressure.cpu", 20},
      {"pressure.memory", 0},
      {"pressure.memory.full", 0},
      {"pressure.io", 10},
      {"pressure.io.full", 5},
  };
  for (const auto& [key, value] : expected) {
    ASSERT_TRUE(values.contains(key)) << key;
    EXPECT_NEAR(values.at(key), value, 1e-6 * (1 + value)) << key;
  }
  EXPECT_FALSE(values.contains("filesystem.usage{mount=\"/\"}")) << "file systems are asked every 10 s";
}

TEST_F(LinuxInputTest, EverySensorIsPublishedInTheUnitAPersonReads) {
  const std::map<std::string, double> expected{
      {"temperature{sensor=\"cpu_thermal\"}", 48.312},
      {"voltage.alarm{sensor=\"rpi_volt\"}", 0},
      {"voltage{sensor=\"nct6779 Vcore\"}", 1.112},
      {"voltage{sensor=\"nct6779 in1\"}", 3.312},
      {"fan.speed{sensor=\"nct6779 fan1\"}", 1045},
      {"fan.speed{sensor=\"nct6779 fan2\"}", 0},
      {"temperature{sensor=\"nct6779 SYSTIN\"}", 34},
      {"temperature{sensor=\"nvme Composite\"}", 37.85},
      {"temperature{sensor=\"nvme Sensor 1\"}", 41.85},
      {"temperature{sensor=\"lm75 1-0048\"}", 21.5},
      {"temperature{sensor=\"lm75 1-0049\"}", 19},
      {"voltage{sensor=\"ina226\"}", 12.034},
      {"current{sensor=\"ina226\"}", 0.845},
      {"power{sensor=\"ina226\"}", 10.16875},
      {"temperature{sensor=\"sht3x\"}", 22.87},
      {"humidity{sensor=\"sht3x\"}", 47.12},
      {"energy{sensor=\"amd_energy Esocket0\"}", 123.456789},
      {"temperature{sensor=\"gpu-thermal\"}", 45.1},
      {"temperature{sensor=\"bme280\"}", 23.45},
      {"pressure{sensor=\"bme280\"}", 1013.25390625},
      {"humidity{sensor=\"bme280\"}", 45.123},
      {"voltage{sensor=\"ads1015 0\"}", 3.3},
      {"voltage{sensor=\"ads1015 tank level\"}", 2.199},
      {"voltage{sensor=\"ads1015 0-1\"}", -0.012},
      {"acceleration{sensor=\"mpu6050 x\"}", 52 * 0.000598},
      {"acceleration{sensor=\"mpu6050 y\"}", -310 * 0.000598},
      {"acceleration{sensor=\"mpu6050 z\"}", 16384 * 0.000598},
      {"angular_velocity{sensor=\"mpu6050 x\"}", 0.1064724},
      {"temperature{sensor=\"mpu6050\"}", (-3680 + 12420) * 2.941176 / 1000},
      {"illuminance{sensor=\"tsl2561 0\"}", 132},
      {"light.intensity{sensor=\"tsl2561 0 both\"}", 214},
      {"light.intensity{sensor=\"tsl2561 0 ir\"}", 41},
      {"concentration{sensor=\"office-air co2\"}", 421},
      {"temperature{sensor=\"office-air\"}", 21.5},
      {"temperature{sensor=\"28-000005e2fdc3\"}", 23.125},
      {"temperature{sensor=\"3b-0c98075c1a2f\"}", -18.562},
  };
  PluginRunner input(plugin(), options({{"collect", Given::list({"sensors", "w1"})}}));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  const auto any = [](const PublishedReading&) { return true; };
  for (const auto& [key, value] : expected) ASSERT_TRUE(input.host().wait_for(key, any)) << key;
  for (const char* failing : {"temperature{sensor=\"nct6779 CPUTIN\"}", "temperature{sensor=\"broken\"}",
                              "humidity{sensor=\"office-air\"}", "temperature{sensor=\"28-0000066e88d3\"}"}) {
    ASSERT_TRUE(input.host().wait_for(failing, any)) << failing;
    EXPECT_EQ(input.host().last(failing)->quality, TELLTALE_QUALITY_BAD) << failing;
  }
  expect_exactly(input.host(), expected);
  EXPECT_GT(input.host().counted("sensor.failures"), 0U);
  EXPECT_THAT(input.host().faults(), testing::IsEmpty());
}

TEST_F(LinuxInputTest, SensorsThatComeAndGoAreFollowed) {
  PluginRunner input(plugin(), options({{"collect", Given::list({"sensors", "w1"})}}));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  const auto good = [](const PublishedReading& reading) { return reading.quality == TELLTALE_QUALITY_GOOD; };
  const auto bad = [](const PublishedReading& reading) { return reading.quality == TELLTALE_QUALITY_BAD; };
  ASSERT_TRUE(input.host().wait_for("temperature{sensor=\"lm75 1-0048\"}", good));
  ASSERT_TRUE(input.host().wait_for("temperature{sensor=\"28-000005e2fdc3\"}", good));
  tree_.remove("sys/class/hwmon/hwmon4");
  tree_.remove("sys/bus/w1/devices/28-000005e2fdc3");
  EXPECT_TRUE(input.host().wait_for("temperature{sensor=\"lm75 1-0048\"}", bad)) << "gone";
  EXPECT_TRUE(input.host().wait_for("temperature{sensor=\"28-000005e2fdc3\"}", bad)) << "gone";
  tree_.write("sys/class/hwmon/hwmon11/name", "tmp102\n");
  tree_.write("sys/class/hwmon/hwmon11/temp1_input", "20125\n");
  tree_.write("sys/bus/w1/devices/28-00000aaaaaaa/temperature", "4062\n");
  input.host().advance(kRescanEvery);
  EXPECT_TRUE(input.host().wait_for("temperature{sensor=\"tmp102\"}", good)) << "came";
  EXPECT_TRUE(input.host().wait_for("temperature{sensor=\"28-00000aaaaaaa\"}", good)) << "came";
}

TEST_F(LinuxInputTest, SensorsOfAMachineThatHadNoneAreFoundLater) {
  tree_.remove("sys/class/hwmon");
  tree_.remove("sys/class/thermal");
  tree_.remove("sys/bus/iio");
  PluginRunner input(plugin(), options({{"collect", Given::list({"sensors"})}}));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  tree_.write("sys/class/hwmon/hwmon0/name", "tmp102\n");
  tree_.write("sys/class/hwmon/hwmon0/temp1_input", "20125\n");
  input.host().advance(kRescanEvery);
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  EXPECT_TRUE(
      input.host().wait_for("temperature{sensor=\"tmp102\"}", [](const PublishedReading& r) { return r.value > 20; }));
}

TEST_F(LinuxInputTest, ThePowerOnValueOfAThermometerIsNotTrusted) {
  tree_.write("sys/bus/w1/devices/28-000005e2fdc3/w1_slave",
              "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n");
  PluginRunner input(plugin(), only("w1"));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  const std::string key = "temperature{sensor=\"28-000005e2fdc3\"}";
  EXPECT_TRUE(input.host().wait_for(key, [](const PublishedReading& reading) {
    return reading.quality == TELLTALE_QUALITY_UNCERTAIN && reading.value == 85;
  }));
}

TEST_F(LinuxInputTest, DisksInterfacesAndFilesystemsThatVanishSaySoOnce) {
  PluginRunner input(plugin(), proc_only(options()));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  tree_.write("proc/diskstats", "8 0 sda 1204 17 98230 4120 0 0 0 0 0 3890 4120\n");
  tree_.write("proc/self/net/dev", "wlan0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  tree_.write("proc/self/mountinfo", "27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n");
  input.host().forget_readings();
  for (int i = 0; i < 3; ++i) {
    input.host().advance(kRescanEvery);
    ASSERT_EQ(input.poll(), TELLTALE_OK);
  }
  for (const char* key : {"disk.read{disk=\"mmcblk0\"}", "net.received{interface=\"eth0\"}",
                          "net.link{interface=\"eth0\"}", "filesystem.usage{mount=\"/boot/firmware\"}"}) {
    const auto readings = input.host().readings(key);
    ASSERT_EQ(readings.size(), 1U) << key;
    EXPECT_EQ(readings[0].quality, TELLTALE_QUALITY_BAD) << key;
  }
  EXPECT_EQ(input.host().readings("filesystem.usage{mount=\"/\"}").size(), 3U);
}

TEST_F(LinuxInputTest, ACounterThatIsResetGivesNoRate) {
  PluginRunner input(plugin(), only("network"));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  tree_.write("proc/self/net/dev", "eth0: 5 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n");
  input.host().advance(seconds(1));
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  EXPECT_FALSE(input.host().last("net.received.rate{interface=\"eth0\"}"));
  EXPECT_EQ(input.host().latest("net.received{interface=\"eth0\"}"), 5) << "the counter itself is what it is";
}

TEST_F(LinuxInputTest, GarbageIsCountedAndTheRestGoesOn) {
  for (const char* file : {"proc/stat", "proc/loadavg", "proc/uptime", "proc/meminfo", "proc/diskstats",
                           "proc/self/net/dev", "proc/pressure/cpu", "proc/self/mountinfo"}) {
    const TemporaryTree tree(std::string(TELLTALE_SOURCE_DIR) + "/tests/data/linux-root");
    tree.write(file, "cpu garbage\nsome \x01\xff total=x\n");
    PluginRunner input(plugin(), proc_only(Given::section({{"root", tree.path().string()}})));
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(input.poll(), TELLTALE_OK) << file;
      input.host().advance(seconds(1));
    }
    if (std::string_view(file) != "proc/self/mountinfo") {
      EXPECT_GT(input.host().counted("malformed"), 0U) << file;
    }
    EXPECT_GT(input.host().reading_count(), 20U) << file;
    EXPECT_THAT(input.host().faults(), testing::IsEmpty()) << file;
  }
}

TEST_F(LinuxInputTest, MissingFilesAreSilence) {
  tree_.remove("proc/diskstats");
  tree_.remove("proc/pressure");
  tree_.remove("proc/self");
  tree_.remove("proc/loadavg");
  PluginRunner input(plugin(), proc_only(options()));
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(input.poll(), TELLTALE_OK);
    input.host().advance(seconds(1));
  }
  EXPECT_TRUE(input.host().latest("memory.used"));
  EXPECT_FALSE(input.host().last("load.1m"));
  tree_.write("proc/loadavg", "0.25 0 0 1/2 3\n");
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  EXPECT_EQ(input.host().latest("load.1m"), 0.25) << "a file that appears later is read";
}

TEST_F(LinuxInputTest, FiltersChooseWhatIsShown) {
  PluginRunner input(plugin(), proc_only(options({
                                   {"disks", Given::section({{"include", Given::list({"sd?"})}})},
                                   {"interfaces", Given::section({{"exclude", Given::list({"eth*", "wlan*"})}})},
                                   {"filesystems", Given::section({{"exclude", "/boot*"}})},
                                   {"per_core", "false"},
                               })));
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(input.poll(), TELLTALE_OK);
    tree_.write("proc/stat", "cpu  7020 130 6631 1446301 532 0 251 50 0 0\ncpu0 2244 65 2250 725763 34 0 108 25 0 0\n");
  }
  std::set<std::string> labels;
  for (const auto& series : input.host().series()) {
    for (const auto& [name, value] : series.labels) labels.insert(name + "=" + value);
  }
  EXPECT_THAT(labels, testing::ElementsAre("disk=sda", "interface=lo", "interface=veth3a1b2c", "mount=/"));
}

TEST_F(LinuxInputTest, CoresAreChosenAndOnesThatAreSwitchedOffSaySoOnce) {
  PluginRunner input(plugin(),
                     options({{"collect", "cpu"}, {"cores", Given::section({{"include", Given::list({"1"})}})}}));
  const auto stat = [](int ticks, const std::string& more) {
    return "cpu  " + std::to_string(ticks) + " 0 0 1000\ncpu0 5 0 0 500\n" + more;
  };
  const auto round = [&](const std::string& text) {
    tree_.write("proc/stat", text);
    ASSERT_EQ(input.poll(), TELLTALE_OK);
    input.host().advance(seconds(1));
  };
  const std::string key = "cpu.core.usage{core=\"1\"}";
  round(stat(0, "cpu1 0 0 0 100\n"));
  round(stat(1, "cpu1 50 0 0 150\n"));
  EXPECT_EQ(input.host().latest(key), 50);
  EXPECT_FALSE(input.host().series("cpu.core.usage{core=\"0\"}"));
  input.host().forget_readings();
  for (int i = 0; i < 3; ++i) round(stat(2 + i, ""));
  ASSERT_EQ(input.host().readings(key).size(), 1U);
  EXPECT_EQ(input.host().readings(key)[0].quality, TELLTALE_QUALITY_BAD);
  round(stat(6, "cpu1 50 0 0 1000\n"));
  EXPECT_EQ(input.host().readings(key).size(), 1U) << "no share spans the time in which it was off";
  round(stat(7, "cpu1 75 0 0 1075\n"));
  EXPECT_EQ(input.host().latest(key), 25);
}

TEST_F(LinuxInputTest, EverySeriesHasTheLabelsThatAreGiven) {
  const Given label = Given::section({{"name", "rack"}, {"value", "r2"}});
  PluginRunner input(plugin(), options({{"labels", Given::list({label})}}));
  for (int i = 0; i < 2; ++i) ASSERT_EQ(input.poll(), TELLTALE_OK);
  ASSERT_TRUE(input.host().wait_for("temperature{rack=\"r2\",sensor=\"bme280\"}", [](const auto&) { return true; }));
  for (const auto& series : input.host().series()) EXPECT_EQ(series.labels.at("rack"), "r2") << series.key;
}

TEST_F(LinuxInputTest, LabelsThatCannotBeAreConfigErrors) {
  const auto one = [](const char* name) { return Given::section({{"name", name}, {"value", "x"}}); };
  for (const auto& labels : {Given::list({one("core")}), Given::list({one("rack"), one("rack")})}) {
    EXPECT_THROW(PluginRunner(plugin(), options({{"labels", labels}})), std::runtime_error);
  }
}

TEST_F(LinuxInputTest, EverySeriesHasATitleAndAHint) {
  PluginRunner input(plugin(), options());
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  ASSERT_TRUE(input.host().wait_for("concentration{sensor=\"office-air co2\"}", [](const auto&) { return true; }));
  for (const auto& series : input.host().series()) {
    EXPECT_FALSE(series.title.empty()) << series.key;
    if (series.kind == TELLTALE_KIND_STATE) {
      EXPECT_FALSE(series.states.empty()) << series.key;
    } else {
      EXPECT_GE(series.decimals, 0) << series.key;
    }
    if (series.name.ends_with("usage")) {
      EXPECT_EQ(series.unit, "%") << series.key;
      EXPECT_EQ(series.range, std::make_pair(0.0, 100.0)) << series.key;
    }
    if (series.name.ends_with(".rate")) {
      EXPECT_TRUE(series.unit.ends_with("/s")) << series.key;
    }
  }
}

TEST_F(LinuxInputTest, InterfacesWithoutEndDoNotFillTheHost) {
  PluginRunner input(plugin(), only("network"));
  for (int i = 0; i < 40; ++i) {
    std::string text;
    for (int k = 0; k < 50; ++k) text += "x" + std::to_string(i * 50 + k) + ": 1 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n";
    tree_.write("proc/self/net/dev", text);
    input.host().advance(seconds(1));
    ASSERT_EQ(input.poll(), TELLTALE_OK);
  }
  EXPECT_LE(input.host().series().size(), 512U * 7);
  EXPECT_GT(input.host().counted("devices.left_out"), 0U);
  EXPECT_EQ(input.host().log().size(), 1U) << "said once";
}

TEST_F(LinuxInputTest, ARootWithoutAMachineIsAConfigError) {
  const TemporaryTree empty;
  try {
    PluginRunner input(plugin(), Given::section({{"root", empty.path().string()}}));
    FAIL() << "was accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("root"));
  }
}

TEST_F(LinuxInputTest, AFullRingIsNoReasonToStop) {
  PluginRunner input(plugin(), only("load"));
  input.host().refuse_readings(true);
  EXPECT_EQ(input.poll(), TELLTALE_OK);
  input.host().refuse_readings(false);
  EXPECT_EQ(input.poll(), TELLTALE_OK);
  EXPECT_EQ(input.host().readings("load.1m").size(), 1U) << "what was refused is not published late";
}

TEST(LinuxInputHere, ReadsThisMachine) {
  PluginRunner input(*detail::Glue<LinuxInput>::entry(TELLTALE_ABI_MAJOR));
  input.host().use_the_real_clock();
  EXPECT_EQ(input.interval(), 1'000'000'000);
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  ASSERT_EQ(input.poll(), TELLTALE_OK);
  EXPECT_TRUE(input.host().latest("memory.used"));
  EXPECT_GT(input.host().latest("system.uptime").value_or(0), 0);
  EXPECT_THAT(input.host().faults(), testing::IsEmpty());
  EXPECT_EQ(input.host().counted("malformed"), 0U);
}

}  // namespace
}  // namespace telltale::linux_input
