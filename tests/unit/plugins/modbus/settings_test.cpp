// What a user may write, and what is said of what does not fit.
#include "plugins/modbus/settings.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/modbus/modbus_options.h"
#include "plugins/modbus/profile/profile.h"
#include "tests/support/option_tree.h"
#include "tests/support/temporary_tree.h"

namespace telltale::modbus {
namespace {

using test::Given;
using ::testing::HasSubstr;
using Keys = std::vector<std::pair<std::string, Given>>;

const std::string kProfiles = std::string(TELLTALE_SOURCE_DIR) + "/config/profiles/modbus";

Settings settings_of(Keys keys) {
  const test::OptionTree tree(kOptionTable, Given::section(std::move(keys)));
  return make_settings(Options(tree.root()), kProfiles);
}

std::string refusal_of(Keys keys) {
  try {
    (void)settings_of(std::move(keys));
    return "taken";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

Keys with_point(Keys point, Keys device = {}) {
  point.insert(point.begin(), {"name", "a"});
  device.emplace_back("points", Given::list({Given::section(std::move(point))}));
  return {{"url", "tcp://h"}, {"devices", Given::list({Given::section(std::move(device))})}};
}

TEST(ModbusSettings, ReadsUrls) {
  EXPECT_EQ(parse_url("tcp://10.0.0.5:1502").where(), "10.0.0.5:1502");
  EXPECT_EQ(parse_url("tcp://plc").where(), "plc:502");
  EXPECT_EQ(parse_url("tcp://[::1]:1502/").where(), "[::1]:1502");
  EXPECT_EQ(parse_url("rtu+tcp://gateway:4001").kind, Address::Kind::kRtuOverTcp);
  const Address line = parse_url("rtu:///dev/ttyUSB0?baud=19200&parity=even&stop_bits=2&rs485=rts_up");
  EXPECT_EQ(line.where(), "/dev/ttyUSB0");
  EXPECT_EQ(line.serial.baud, 19'200);
  EXPECT_EQ(line.serial.parity, 'E');
  EXPECT_EQ(line.serial.stop_bits, 2);
  EXPECT_EQ(line.serial.rs485, Rs485::kRtsUp);
  EXPECT_EQ(line.serial.bits_per_character(), 12);
}

TEST(ModbusSettings, SaysWhatIsWrongWithAUrl) {
  const std::vector<std::pair<std::string, std::string>> cases{{"10.0.0.5", "write tcp://HOST:PORT"},
                                                               {"http://x", "write tcp://"},
                                                               {"tcp://", "host is missing"},
                                                               {"tcp://x:0", "1 to 65535"},
                                                               {"tcp://x:99999", "1 to 65535"},
                                                               {"tcp://x/1", "nothing can follow"},
                                                               {"tcp://[::1", "']'"},
                                                               {"rtu://ttyUSB0", "path is missing"},
                                                               {"rtu:///dev/x?speed=9600", "none of baud"},
                                                               {"rtu:///dev/x?baud=fast", "not a number"},
                                                               {"rtu:///dev/x?parity=mark", "none, even, odd"},
                                                               {"rtu:///dev/x?baud=1", "110 to 4000000"},
                                                               {"rtu:///dev/x?stop_bits=3", "1 or 2"},
                                                               {"rtu:///dev/x?rs485=yes", "kernel"}};
  for (const auto& [url, reason] : cases) {
    try {
      (void)parse_url(url);
      ADD_FAILURE() << url;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason)) << url;
    }
  }
}

TEST(ModbusSettings, NamesThePointAndTheReason) {
  const std::vector<std::pair<Keys, std::string>> cases{
      {{}, "exactly one of holding"},
      {{{"holding", "1"}, {"coil", "1"}}, "exactly one of holding"},
      {{{"holding", "65535"}, {"type", "int32"}}, "beyond the last address"},
      {{{"coil", "1"}, {"type", "int16"}}, "is a bit"},
      {{{"holding", "1"}, {"type", "bit"}}, "use 'bit: N'"},
      {{{"holding", "1"}, {"bit", "16"}}, "bits 0 to 15"},
      {{{"holding", "1"}, {"bits", "7-4"}}, "not like 4-7"},
      {{{"holding", "1"}, {"bit", "1"}, {"bits", "4-7"}}, "exclude"},
      {{{"holding", "1"}, {"type", "float32"}, {"bit", "1"}}, "no bits"},
      {{{"holding", "1"}, {"order", "CDAB"}}, "has 2 bytes"},
      {{{"holding", "1"}, {"order", "middle"}}, "is none of big"},
      {{{"holding", "1"}, {"scale", "0"}}, "must not be 0"},
      {{{"holding", "1"}, {"nan", "x"}}, "not a number"},
      {{{"holding", "1"}, {"kind", "state"}}, "needs 'states'"},
      {{{"holding", "1"}, {"kind", "event"}}, "only a string"},
      {{{"holding", "1"}, {"states", Given::list({"a", "0=b"})}}, "there twice"},
      {{{"input", "1"}, {"write", "true"}}, "only holding registers and coils"},
      {{{"holding", "1"}, {"bit", "3"}, {"write", "true"}}, "cannot be set"},
      {{{"holding", "1"}, {"type", "string"}, {"write", "true"}}, "cannot be set"}};
  for (const auto& [point, reason] : cases) {
    EXPECT_THAT(refusal_of(with_point(point)),
                ::testing::AllOf(HasSubstr("devices[1]: point 'a': "), HasSubstr(reason)));
  }
}

TEST(ModbusSettings, RefusesDevicesThatDoNotFit) {
  EXPECT_THAT(refusal_of({{"devices", Given::list({})}, {"url", "tcp://h"}}), HasSubstr("nothing to read"));
  EXPECT_THAT(refusal_of({{"devices", Given::list({Given::section({{"profile", "no/such"}})})}, {"url", "tcp://h"}}),
              HasSubstr("there are: carlo_gavazzi/em24, eastron/sdm120"));
  EXPECT_THAT(refusal_of({{"devices", Given::list({Given::section({{"profile", "../x"}})})}, {"url", "tcp://h"}}),
              HasSubstr("is not a name"));
  EXPECT_THAT(refusal_of({{"devices", Given::list({Given::section({{"profile", "xy/md02"}, {"unit", "1"}}),
                                                   Given::section({{"profile", "xy/md02"}, {"unit", "2"}})})},
                          {"url", "tcp://h"}}),
              HasSubstr("'name' each"));
  EXPECT_THAT(refusal_of(with_point({{"holding", "0"}}, {{"first_address", "1"}})), HasSubstr("addresses go from 1"));
}

TEST(ModbusSettings, TakesProfilesWithOwnAndChosenPoints) {
  const Settings settings = settings_of(
      {{"url", "tcp://h"},
       {"devices", Given::list({Given::section({{"profile", "eastron/sdm630"},
                                                {"only", Given::list({"voltage.*", "energy.*"})},
                                                {"points", Given::list({Given::section({{"name", "voltage.l1"},
                                                                                        {"input", "0"},
                                                                                        {"type", "float32"},
                                                                                        {"unit", "kV"},
                                                                                        {"scale", "0.001"}})})}})})}});
  std::vector<std::string> names;
  for (const Point& point : settings.devices[0].points) names.push_back(point.name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("voltage.l1", "voltage.l2", "voltage.l3", "energy.import",
                                                     "energy.export", "energy.total"));
  EXPECT_EQ(settings.devices[0].points.back().unit, "kV");
  EXPECT_EQ(settings.devices[0].registers.max_count, 80) << "as the profile inherits it";
}

TEST(ModbusProfiles, OfOnesOwnInheritAddReplaceAndLeaveOut) {
  const telltale::test::TemporaryTree tree;
  tree.write("mine/meter.yaml",
             "title: Ours\nsource: The sheet on the wall of the workshop\nextends: eastron/sdm120\nmax_registers: 10\n"
             "without: [current, energy.export]\npoints:\n"
             "  - {name: voltage, input: 0, type: float32, unit: V, scale: 10}\n  - {name: mode, holding: 20}\n");
  tree.write("mine/twice.yaml",
             "title: Again\nsource: The same sheet on the wall\nextends: mine/meter\nwithout: [mode]\n");
  tree.write("mine/circle.yaml", "title: Never\nsource: The same sheet on the wall\nextends: mine/circle\n");
  const auto with = [&](const char* profile) {
    return Keys{{"url", "tcp://h"},
                {"profiles", tree.path().string()},
                {"devices", Given::list({Given::section({{"profile", profile}})})}};
  };
  const auto names_of = [&](const char* profile) {
    std::vector<std::string> names;
    const Settings settings = settings_of(with(profile));
    for (const Point& point : settings.devices[0].points) names.push_back(point.name);
    return names;
  };
  const auto names = names_of("mine/meter");
  EXPECT_THAT(names, ::testing::IsSupersetOf({"voltage", "power", "energy.total", "mode"}));
  EXPECT_THAT(names, ::testing::Not(::testing::Contains("current")));
  EXPECT_EQ(std::count(names.begin(), names.end(), "voltage"), 1);
  EXPECT_EQ(settings_of(with("mine/meter")).devices[0].registers.max_count, 10);
  EXPECT_EQ(names_of("mine/twice").size(), names.size() - 1);
  EXPECT_THAT(refusal_of(with("mine/circle")), HasSubstr("extends itself"));
}

TEST(ModbusProfiles, AreAllWellFormedAndNameTheirSource) {
  const auto names = profile_names({kProfiles});
  EXPECT_GE(names.size(), 8U);
  for (const std::string& name : names) {
    EXPECT_EQ(refusal_of({{"url", "tcp://h"}, {"devices", Given::list({Given::section({{"profile", name}})})}}),
              "taken")
        << name;
    EXPECT_GT(Profile::load(name, {kProfiles}).options().text("source").size(), 20U) << name;
  }
}

}  // namespace
}  // namespace telltale::modbus
