// What the kernel's files say of the machine, on made-up ones.
#include "daemon/tools/doctor_machine.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/tools/doctor.h"
#include "tests/support/temporary_tree.h"

namespace telltale::tools {
namespace {

using testing::HasSubstr;

class MachineTest : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) { tree_.write(path, text); }
  [[nodiscard]] MachineView seen() const { return look_at_machine(tree_.path()); }
  test::TemporaryTree tree_;
};

TEST_F(MachineTest, ToldNothingSaysNothing) {
  const MachineView view = seen();
  EXPECT_EQ(view.supply, MachineView::Supply::kNotKnown);
  EXPECT_TRUE(view.cards.empty());
  EXPECT_FALSE(view.modem_manager);
}

TEST_F(MachineTest, ReadsTheFirmwaresFlagsAndTheSensor) {
  using Supply = MachineView::Supply;
  const std::string flags = "sys/devices/platform/soc/soc:firmware/get_throttled";
  const std::pair<const char*, Supply> cases[] = {{"0\n", Supply::kGood},
                                                  {"50005\n", Supply::kLow},
                                                  {"0x50000\n", Supply::kWasLow},
                                                  {"20000\n", Supply::kGood},
                                                  {"junk\n", Supply::kNotKnown}};
  for (const auto& [text, supply] : cases) {
    put(flags, text);
    EXPECT_EQ(seen().supply, supply) << text;
  }
  put(flags, "0\n");
  put("sys/class/hwmon/hwmon3/name", "rpi_volt\n");
  put("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1\n");
  EXPECT_EQ(seen().supply, Supply::kLow);
}

TEST_F(MachineTest, ReadsWearAndSpeedOfCards) {
  put("sys/block/mmcblk0/stat", "   100 0 0 0   2000 0 0 500000 0 0 0\n");
  put("sys/block/mmcblk0/device/life_time", "0x01 0x03\n");
  put("sys/block/mmcblk0/device/pre_eol_info", "0x01\n");
  put("sys/block/mmcblk1/stat", "   100 0 0 0   999 0 0 500000 0 0 0\n");
  put("sys/block/mmcblk1/device/pre_eol_info", "0x02\n");
  put("sys/block/mmcblk2/device/life_time", "0x0b 0x00\n");
  put("sys/block/mmcblk0boot0/stat", "1 2 3\n");
  put("sys/block/sda/stat", "1 2 3\n");
  const auto cards = seen().cards;
  ASSERT_EQ(cards.size(), 3U);
  EXPECT_EQ(cards[0].device, "mmcblk0");
  EXPECT_EQ(cards[0].worn, 30U);
  EXPECT_EQ(cards[0].write_ms, 250.0);
  EXPECT_FALSE(cards[0].near_its_end);
  EXPECT_FALSE(cards[1].write_ms) << "too few to say";
  EXPECT_TRUE(cards[1].near_its_end);
  EXPECT_EQ(cards[2].worn, 110U);
  EXPECT_TRUE(cards[2].near_its_end);
}

TEST_F(MachineTest, KnowsWhoHoldsAPort) {
  put("dev/ttyUSB0", "");
  put("proc/812/comm", "minicom\n");
  put("proc/812/fd/none", "");
  std::filesystem::create_symlink(std::filesystem::canonical(tree_.path() / "dev/ttyUSB0"),
                                  tree_.path() / "proc/812/fd/3");
  put("proc/900/comm", "ModemManager\n");
  put("proc/self/comm", "minicom\n");
  const PortView port = look_at_port("/dev/ttyUSB0", tree_.path());
  EXPECT_TRUE(port.exists);
  EXPECT_FALSE(port.group.empty());
  EXPECT_THAT(port.holders, testing::ElementsAre("minicom (812)"));
  EXPECT_TRUE(seen().modem_manager);
  EXPECT_FALSE(look_at_port("/dev/ttyUSB1", tree_.path()).exists);
}

TEST(DoctorInputs, FindsThePortInWhatAnInputSays) {
  EXPECT_EQ(port_in("cannot open /dev/ttyUSB0: Permission denied"), "/dev/ttyUSB0");
  EXPECT_EQ(port_in("'/dev/serial/by-id/usb-FTDI-if00-port0' is busy"), "/dev/serial/by-id/usb-FTDI-if00-port0");
  EXPECT_EQ(port_in("the broker at 127.0.0.1:1883 refused"), "");
}

TEST(DoctorInputs, SaysHowToMendWhatItKnows) {
  const MachineView quiet;
  MachineView modems;
  modems.modem_manager = true;
  PortView port;
  port.exists = true;
  port.group = "dialout";
  PortView held = port;
  held.holders = {"minicom (812)"};
  EXPECT_THAT(mend_of_input("cannot open /dev/ttyUSB0: Permission denied", port, quiet),
              HasSubstr("adduser telltale dialout"));
  EXPECT_THAT(mend_of_input("/dev/ttyUSB0 is busy", port, modems), HasSubstr("ModemManager"));
  EXPECT_THAT(mend_of_input("/dev/ttyUSB0 is busy", held, quiet), HasSubstr("minicom (812)"));
  EXPECT_THAT(mend_of_input("/dev/ttyUSB0 is busy", port, quiet), HasSubstr("fuser"));
  EXPECT_THAT(mend_of_input("no such file: /dev/ttyUSB0", PortView{}, quiet), HasSubstr("by-id"));
  const std::pair<const char*, const char*> cases[] = {
      {"Connection refused", "nothing listens"},     {"No route to host", "cable"},
      {"Name or service not known", "getent"},       {"CONNACK: not authorised", "password"},
      {"TLS: certificate verify failed", "trusted"}, {"wrong checksum", "termination"},
      {"unit 3 does not answer", "A and B swapped"}};
  for (const auto& [why, mend] : cases) EXPECT_THAT(mend_of_input(why, std::nullopt, quiet), HasSubstr(mend)) << why;
  EXPECT_EQ(mend_of_input("something else", std::nullopt, quiet), "");
}

TEST(DoctorMachine, JudgesWhatItSaw) {
  DoctorView view;
  view.machine.supply = MachineView::Supply::kLow;
  view.machine.cards = {{"mmcblk0", 30, false, 2.5}, {"mmcblk1", {}, true, {}}, {"mmcblk2", {}, false, 900.0}};
  std::vector<std::pair<std::string, Verdict::Level>> seen;
  for (const Verdict& verdict : judge(view)) {
    if (verdict.id == "power" || verdict.id.starts_with("card.")) seen.emplace_back(verdict.id, verdict.level);
  }
  using Level = Verdict::Level;
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, Level>>{{"power", Level::kBad},
                                                              {"card.mmcblk0", Level::kGood},
                                                              {"card.mmcblk1", Level::kBad},
                                                              {"card.mmcblk2", Level::kWarning}}));
}

}  // namespace
}  // namespace telltale::tools
