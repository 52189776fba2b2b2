#include "plugins/serial/settings.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/serial/serial_input.h"
#include "plugins/serial/serial_options.h"
#include "tests/support/fake_host.h"

namespace telltale::serial {
namespace {

using test::FakeHost;
using test::Given;
using ::testing::HasSubstr;
using Keys = std::vector<std::pair<std::string, Given>>;

Settings made(Keys keys) {
  const FakeHost host(kOptionTable, Given::section(std::move(keys)));
  return make_settings(host.host().options());
}

std::string problem(Keys keys) {
  try {
    const FakeHost host(kOptionTable, Given::section(std::move(keys)));
    const SerialInput input(host.host());
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(SerialSettings, TakesTheShortestForm) {
  const Settings settings = made({{"port", "/dev/ttyUSB0"}, {"frame", "line"}});
  EXPECT_EQ(settings.port, "/dev/ttyUSB0");
  EXPECT_EQ(settings.line.baud, 9'600);
  EXPECT_EQ(settings.frame.kind, FrameKind::kLine);
  EXPECT_EQ(settings.silence, std::chrono::minutes(5));
  EXPECT_EQ(settings.name, "{input}.{field}");
  EXPECT_FALSE(settings.line.dtr);
  EXPECT_FALSE(settings.line.rs485);
}

TEST(SerialSettings, TakesEverything) {
  const Settings settings =
      made({{"usb", Given::section({{"vendor", "0403"}, {"serial", "A1"}})},
            {"parity", "mark"},
            {"flow", "xonxoff"},
            {"dtr", "false"},
            {"rs485", "on"},
            {"frame", Given::section({{"kind", "delimiter"},
                                      {"start", "STX"},
                                      {"end", "<ETX>"},
                                      {"checksum", "crc16_x25"},
                                      {"checksum_form", "little"},
                                      {"escape", "DLE"},
                                      {"escape_map", "\\xdc=\\xc0"}})},
            {"init", Given::list({"\\x1bP\\r"})},
            {"poll",
             Given::list({Given::section({{"send", "01RD\\r"}, {"name", "a"}}), Given::section({{"send", "ENQ"}})})}});
  EXPECT_EQ(settings.usb.serial, "A1");
  EXPECT_EQ(settings.line.parity, Parity::kMark);
  EXPECT_EQ(settings.line.flow, Flow::kXonXoff);
  EXPECT_EQ(settings.line.dtr, false);
  ASSERT_TRUE(settings.line.rs485);
  EXPECT_TRUE(settings.line.rs485->rts_on_send);
  EXPECT_EQ(settings.frame.start, "\x02");
  EXPECT_EQ(settings.frame.end, "\x03");
  EXPECT_EQ(settings.frame.checksum, payload::Checksum::kCrc16X25);
  EXPECT_EQ(settings.frame.escape, '\x10');
  ASSERT_EQ(settings.frame.escape_map.size(), 1U);
  EXPECT_EQ(settings.frame.escape_map[0].second, '\xc0');
  EXPECT_EQ(settings.init, std::vector<std::string>{"\x1bP\r"});
  EXPECT_EQ(settings.polls[1].send, "\x05");
  EXPECT_EQ(settings.name, "{input}.{poll}.{field}");
}

TEST(SerialSettings, SaysWhatCannotBe) {
  const auto frame = [](Keys keys) { return Keys{{"port", "/dev/x"}, {"frame", Given::section(std::move(keys))}}; };
  const std::vector<std::pair<Keys, std::string>> cases{
      {{}, "'port' is missing"},
      {{{"port", "/dev/x"}, {"usb", Given::section({{"vendor", "1"}})}}, "both say"},
      {{{"usb", Given::section({})}}, "'port' is missing"},
      {{{"port", "/dev/x"}, {"flow", "rtscts"}, {"rts", "true"}}, "rts: "},
      {{{"port", "/dev/x"}, {"flow", "dtrdsr"}, {"dtr", "true"}}, "dtr: "},
      {{{"port", "/dev/x"}, {"flow", "rtscts"}, {"rs485", "on"}}, "rs485: "},
      {frame({{"kind", "delimiter"}}), "'end' is missing"},
      {frame({{"kind", "fixed"}}), "'size' is missing"},
      {frame({{"kind", "silence"}}), "'gap' is missing"},
      {frame({{"kind", "fixed"}, {"size", "4"}}), "where they begin"},
      {frame({{"kind", "fixed"}, {"size", "5000"}, {"gap", "5ms"}}), "'max_size'"},
      {frame({{"start", "\\x"}}), "start: "},
      {frame({{"escape", "DLE"}}), "only 'delimiter'"},
      {frame({{"kind", "delimiter"}, {"end", "ETX"}, {"escape", "ab"}}), "escape: "},
      {frame({{"kind", "delimiter"}, {"end", "ETX"}, {"escape", "DLE"}, {"escape_map", "ab"}}), "escape_map: "},
      {{{"port", "/dev/x"}, {"init", "\\q"}}, "init: "},
      {{{"port", "/dev/x"}, {"poll", Given::section({{"send", ""}})}}, "poll: "},
      {{{"port", "/dev/x"}, {"payload", Given::section({{"regex", "("}})}}, "regex: "},
      {{{"port", "/dev/x"},
        {"poll", Given::list({Given::section({{"send", "A"}}),
                              Given::section({{"send", "B"}, {"payload", Given::section({{"regex", "("}})}})})}},
       "poll 2: regex: "}};
  for (const auto& [keys, expected] : cases) EXPECT_THAT(problem(keys), HasSubstr(expected));
}

}  // namespace
}  // namespace telltale::serial
