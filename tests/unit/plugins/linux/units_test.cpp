#include "plugins/linux/collect/units.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "plugins/linux/codec/units.h"
#include "plugins/linux/linux_options.h"
#include "tests/support/fake_host.h"
#include "tests/support/temporary_tree.h"

namespace telltale::linux_input {
namespace {

constexpr const char* kSlice = "sys/fs/cgroup/system.slice/";

TEST(CgroupFile, FindsANumberByItsKey) {
  EXPECT_EQ(find_number("populated 1\nfrozen 0\n", "populated"), 1U);
  EXPECT_EQ(find_number("usage_usec 250\nuser_usec 7", "user_usec"), 7U);
  for (const char* const text : {"", "populated", "populated x", "populated -1", "unpopulated 1", "populated 1 2"}) {
    EXPECT_EQ(find_number(text, "populated"), std::nullopt) << text;
  }
}

class Units : public testing::Test {
 protected:
  void write(const std::string& unit, const char* events, const char* cpu = "usage_usec 0\n") {
    tree_.write(kSlice + unit + "/cgroup.events", events);
    tree_.write(kSlice + unit + "/cpu.stat", cpu);
    tree_.write(kSlice + unit + "/memory.current", "4096\n");
    tree_.write(kSlice + unit + "/pids.current", "3\n");
  }
  // The newest value of each series; bad ones are left out.
  std::map<std::string, double> collect(UnitCollector& units, bool rescan) {
    Batch batch(host_.host());
    batch.stamp(host_.host().now());
    Round round{batch, host_.host().now(), rescan};
    const std::size_t before = host_.readings().size();
    units.collect(round);
    batch.flush();
    std::map<std::string, double> values;
    const auto readings = host_.readings();
    for (std::size_t i = before; i < readings.size(); ++i) {
      if (readings[i].quality == TELLTALE_QUALITY_GOOD) values[readings[i].key] = readings[i].value;
    }
    return values;
  }
  [[nodiscard]] Machine machine() const { return {host_.host(), tree_.path().string()}; }

  test::TemporaryTree tree_;
  test::FakeHost host_{kOptionTable};
};

TEST_F(Units, AreRunningWhenTheyHaveProcesses) {
  write("ssh.service", "populated 1\nfrozen 0\n");
  write("done.service", "populated 0\nfrozen 0\n");
  write("system-getty.slice/getty@tty1.service", "populated 1\n");
  write("other.service", "populated 1\n");
  UnitCollector units(machine(), {"ssh.service", "done.service", "getty@*", "missing.service"});
  EXPECT_EQ(collect(units, true), (std::map<std::string, double>{{R"(unit.state{unit="done.service"})", 0},
                                                                  {R"(unit.state{unit="getty@tty1.service"})", 1},
                                                                  {R"(unit.memory{unit="getty@tty1.service"})", 4'096},
                                                                  {R"(unit.tasks{unit="getty@tty1.service"})", 3},
                                                                  {R"(unit.state{unit="missing.service"})", 0},
                                                                  {R"(unit.state{unit="ssh.service"})", 1},
                                                                  {R"(unit.memory{unit="ssh.service"})", 4'096},
                                                                  {R"(unit.tasks{unit="ssh.service"})", 3}}));
}

TEST_F(Units, ComeAndGoAndTellTheirShareOfACore) {
  write("a.service", "populated 1\n", "usage_usec 1000000\n");
  UnitCollector units(machine(), {"a*"});
  EXPECT_FALSE(collect(units, true).contains(R"(unit.cpu{unit="a.service"})"));
  host_.advance(std::chrono::seconds(2));
  write("a.service", "populated 1\n", "usage_usec 1500000\n");
  EXPECT_DOUBLE_EQ(collect(units, false).at(R"(unit.cpu{unit="a.service"})"), 25);
  tree_.remove(std::string(kSlice) + "a.service");
  EXPECT_EQ(collect(units, false), (std::map<std::string, double>{{R"(unit.state{unit="a.service"})", 0}}));
  write("a.service", "populated 1\n");
  EXPECT_EQ(collect(units, true).at(R"(unit.state{unit="a.service"})"), 1);
}

}  // namespace
}  // namespace telltale::linux_input
