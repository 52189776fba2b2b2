#include "plugins/linux/codec/system.h"

#include <gtest/gtest.h>

namespace telltale::linux_input {
namespace {

TEST(LoadAverage, ReadsTheThreeAveragesAndTheTasks) {
  const auto load = parse_loadavg("0.06 1.50 12.00 1/93 6534\n");
  ASSERT_TRUE(load);
  EXPECT_DOUBLE_EQ(load->one_minute, 0.06);
  EXPECT_DOUBLE_EQ(load->five_minutes, 1.5);
  EXPECT_DOUBLE_EQ(load->fifteen_minutes, 12);
  EXPECT_EQ(load->tasks, 93U);
}

TEST(LoadAverage, RefusesWhatMakesNoSense) {
  for (const char* text : {"", "\n", "0.06", "0.06 0.1 0.2", "a b c 1/2 3", "0.1 0.2 0.3 12 3", "0.1 0.2 0.3 1/x 3",
                           "-1 0.2 0.3 1/2 3", "nan 0.2 0.3 1/2 3", "inf 0.2 0.3 1/2 3", "1e999 0 0 1/2 3"}) {
    EXPECT_FALSE(parse_loadavg(text)) << text;
  }
}

TEST(Uptime, IsTheFirstNumber) {
  EXPECT_EQ(parse_uptime("7311.39 14462.03\n"), 7311.39);
  for (const char* text : {"", "x", "-1 2", "nan"}) EXPECT_FALSE(parse_uptime(text)) << text;
}

TEST(MemoryInfo, CountsInBytes) {
  const auto memory = parse_meminfo(
      "MemTotal:        1000 kB\nMemFree: 300 kB\nMemAvailable:  600 kB\nBuffers: 10 kB\nCached: 200 kB\n"
      "SwapCached: 7 kB\nSReclaimable: 5 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, 1000U * 1024);
  EXPECT_EQ(memory->available, 600U * 1024);
  EXPECT_EQ(memory->used(), 400U * 1024);
  EXPECT_EQ(memory->cached, 215U * 1024);
  EXPECT_EQ(memory->swap_total, 100U * 1024);
  EXPECT_EQ(memory->swap_free, 40U * 1024);
}

TEST(MemoryInfo, EstimatesWhatIsAvailableOnOldKernels) {
  const auto memory = parse_meminfo("MemTotal: 1000 kB\nMemFree: 300 kB\nCached: 200 kB\n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->available, 500U * 1024);
}

TEST(MemoryInfo, NeverUsesMoreThanThereIs) {
  const auto memory = parse_meminfo("MemTotal: 1000 kB\nMemAvailable: 2000 kB\nCached: 5000 kB\n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->used(), 0U);
  EXPECT_LE(memory->cached, memory->total);
}

TEST(MemoryInfo, RefusesWhatMakesNoSense) {
  for (const char* text :
       {"", "MemTotal: kB\n", "MemTotal: 0 kB\n", "MemFree: 3 kB\n", "MemTotal: -5 kB\n",
        "MemTotal: 18446744073709551615 kB\n", "MemTotal: 5 kB\nSwapTotal: 1 kB\nSwapFree: 2 kB\n"}) {
    EXPECT_FALSE(parse_meminfo(text)) << text;
  }
}

TEST(Pressure, ReadsTheTotalsOfEachKind) {
  const Pressure pressure = parse_pressure(
      "some avg10=0.19 avg60=0.08 avg300=0.01 total=24183066\n"
      "full avg10=0.00 avg60=0.00 avg300=0.00 total=12\n");
  EXPECT_EQ(pressure.some, 24183066U);
  EXPECT_EQ(pressure.full, 12U);
}

TEST(Pressure, HasNothingOfAMalformedText) {
  for (const char* text :
       {"", "some", "some total=", "some total=x", "other total=5", "some avg10=1", "some total=-1"}) {
    EXPECT_FALSE(parse_pressure(text).some) << text;
    EXPECT_FALSE(parse_pressure(text).full) << text;
  }
}

}  // namespace
}  // namespace telltale::linux_input
