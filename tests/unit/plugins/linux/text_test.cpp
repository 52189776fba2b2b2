// Walking, numbers, globs, rates and names; and what no text can do to the parsers.
#include "plugins/linux/codec/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "plugins/linux/codec/hwmon.h"
#include "plugins/linux/codec/iio.h"
#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/network.h"
#include "plugins/linux/codec/processor.h"
#include "plugins/linux/codec/rate.h"
#include "plugins/linux/codec/storage.h"
#include "plugins/linux/codec/system.h"
#include "plugins/linux/codec/w1.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

TEST(Text, WalksLinesAndWords) {
  std::string_view text = "a  b\n\nlast";
  auto line = take_line(text);
  ASSERT_TRUE(line);
  EXPECT_EQ(take_word(*line), "a");
  EXPECT_EQ(take_word(*line), "b");
  EXPECT_EQ(take_word(*line), "");
  EXPECT_EQ(take_line(text), "");
  EXPECT_EQ(take_line(text), "last");
  EXPECT_FALSE(take_line(text));
}

TEST(Text, NumbersAreWholeOrNothing) {
  EXPECT_EQ(parse_number<int>(" +12\n"), 12);
  EXPECT_EQ(parse_number<double>("-1.5e3"), -1500);
  for (const char* text : {"", "+", "+-1", "1x", "0x10", "1 2", "--1"}) {
    EXPECT_FALSE(parse_number<int>(text)) << text;
    EXPECT_FALSE(parse_number<double>(text)) << text;
  }
}

TEST(Glob, MatchesRunsAndSingleBytes) {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Case cases[] = {
      {"", "", true},
      {"*", "", true},
      {"", "a", false},
      {"sda", "sda", true},
      {"sd?", "sda", true},
      {"sd?", "sd", false},
      {"loop*", "loop12", true},
      {"*boot*", "mmcblk0boot1", true},
      {"a*b*c", "axxbyyc", true},
      {"a*b*c", "axxbyy", false},
      {"eth*", "veth0", false},
      {"**", "x", true},
      {"*a", "aaab", false},
  };
  for (const Case& row : cases)
    EXPECT_EQ(glob_matches(row.pattern, row.text), row.matches) << row.pattern << " " << row.text;
}

TEST(Glob, IsNotSlowedByManyStars) {
  const std::string text(20'000, 'a');
  EXPECT_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(NameFilter, IncludesFirstAndThenExcludes) {
  EXPECT_TRUE((NameFilter{{}, {}}).wants("x"));
  EXPECT_FALSE((NameFilter{{"eth*"}, {}}).wants("wlan0"));
  EXPECT_TRUE((NameFilter{{"eth*"}, {"eth1"}}).wants("eth0"));
  EXPECT_FALSE((NameFilter{{"eth*"}, {"eth1"}}).wants("eth1"));
}

TEST(RateMeter, NeedsTwoReadingsAndTime) {
  using std::chrono::seconds;
  RateMeter meter;
  EXPECT_FALSE(meter.update(100, seconds(1)));
  EXPECT_FALSE(meter.update(200, seconds(1))) << "no time passed";
  EXPECT_EQ(meter.update(300, seconds(3)), 50);
  EXPECT_FALSE(meter.update(10, seconds(4))) << "a reset";
  EXPECT_EQ(meter.update(20, seconds(5)), 10);
  meter.forget();
  EXPECT_FALSE(meter.update(30, seconds(6)));
}

TEST(CleanName, HoldsValidShortTextOnly) {
  EXPECT_EQ(clean_name("  Package id 0\n"), "Package id 0");
  EXPECT_EQ(clean_name("Küche °C"), "Küche °C");
  EXPECT_EQ(clean_name("a\x01\xff\xc2\x80z"), "a???z") << "a control, a stray byte, a C1 control";
  EXPECT_EQ(clean_name(std::string(100, 'x')).size(), 64U);
  EXPECT_EQ(clean_name(std::string(63, 'x') + "ü").size(), 63U) << "no half character";
}

RC_GTEST_PROP(Parsers, TakeAnyText, (const std::string& text)) {
  ProcStat stat;
  parse_stat(text, stat);
  parse_stat("cpu " + text, stat);
  std::vector<DiskStats> disks;
  parse_diskstats(text, disks);
  parse_diskstats("8 0 sda " + text, disks);
  std::vector<InterfaceStats> interfaces;
  parse_net_dev(text, interfaces);
  parse_net_dev("eth0: " + text, interfaces);
  (void)parse_mountinfo(text);
  (void)parse_mountinfo("1 2 8:1 / /" + text + " - ext4 x");
  (void)parse_loadavg(text);
  (void)parse_uptime(text);
  (void)parse_meminfo("MemTotal: 1 kB\n" + text);
  (void)parse_pressure("some " + text);
  (void)parse_w1_slave(text);
  (void)parse_w1_slave("1 : YES\n t=" + text);
  (void)parse_hwmon_file(text + "_input");
  if (const auto channel = parse_iio_file("in_" + text + "_raw")) {
    (void)iio_parameter_files(*channel, "scale");
    (void)iio_quantity(*channel, true);
  }
  RC_ASSERT(clean_name(text).size() <= 64U);
}

RC_GTEST_PROP(Parsers, ReadBackTheCountersOfADisk, (std::uint32_t reads, std::uint32_t sectors, std::uint32_t busy)) {
  std::vector<DiskStats> disks;
  const std::string line = "8 0 sda " + std::to_string(reads) + " 0 " + std::to_string(sectors) + " 0 0 0 0 0 0 " +
                           std::to_string(busy) + " 0\n";
  RC_ASSERT(parse_diskstats(line, disks) == 0U);
  RC_ASSERT(disks.at(0).reads == reads);
  RC_ASSERT(disks.at(0).read_bytes == std::uint64_t{sectors} * 512);
  RC_ASSERT(disks.at(0).busy_ms == busy);
}

}  // namespace
}  // namespace telltale::linux_input
