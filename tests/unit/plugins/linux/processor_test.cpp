#include "plugins/linux/codec/processor.h"

#include <gtest/gtest.h>

namespace telltale::linux_input {
namespace {

TEST(ProcStat, ReadsTotalCoresAndCounters) {
  ProcStat stat;
  parse_stat(
      "cpu  10 20 30 40 50 60 70 80 90 100\n"
      "cpu0 1 2 3 4 5 6 7 8 9 10\n"
      "cpu7 1 2 3 4\n"
      "intr 371228 1 2 3\nctxt 556674\nbtime 1\nprocs_running 2\nprocs_blocked 1\n",
      stat);
  ASSERT_TRUE(stat.total);
  EXPECT_EQ(stat.total->ticks, (std::array<std::uint64_t, 8>{10, 20, 30, 40, 50, 60, 70, 80}));
  ASSERT_EQ(stat.cores.size(), 2U);
  EXPECT_EQ(stat.cores[1].first, 7U);
  EXPECT_EQ(stat.cores[1].second.ticks[CpuTimes::kSteal], 0U) << "a kernel with four columns";
  EXPECT_EQ(stat.interrupts, 371228U);
  EXPECT_EQ(stat.context_switches, 556674U);
  EXPECT_EQ(stat.running, 2U);
  EXPECT_EQ(stat.blocked, 1U);
  EXPECT_EQ(stat.malformed, 0U);
}

TEST(ProcStat, LeavesOutAndCountsLinesThatMakeNoSense) {
  struct Case {
    const char* text;
    std::size_t malformed;
  };
  const Case cases[] = {
      {"", 0},
      {"cpu\n", 1},
      {"cpu 1 2 3\n", 1},
      {"cpu 1 2 3 x\n", 1},
      {"cpu 1 2 3 -4\n", 1},
      {"cpu 1 2 3 18446744073709551616\n", 1},
      {"cpux 1 2 3 4\n", 1},
      {"cpu-1 1 2 3 4\n", 1},
      {"cpu99999999999 1 2 3 4\n", 1},
      {"ctxt\n", 1},
      {"ctxt many\n", 1},
      {"something new 1 2 3\n", 0},
  };
  for (const Case& row : cases) {
    ProcStat stat;
    parse_stat(row.text, stat);
    EXPECT_EQ(stat.malformed, row.malformed) << row.text;
    EXPECT_FALSE(stat.total) << row.text;
    EXPECT_TRUE(stat.cores.empty()) << row.text;
  }
}

TEST(ProcStat, ForgetsWhatTheTextBeforeSaid) {
  ProcStat stat;
  parse_stat("cpu 1 2 3 4\ncpu0 1 2 3 4\nctxt 5\n", stat);
  parse_stat("procs_running 1\n", stat);
  EXPECT_FALSE(stat.total);
  EXPECT_TRUE(stat.cores.empty());
  EXPECT_FALSE(stat.context_switches);
}

TEST(CpuShares, AddUpOverTheTimeBetween) {
  const CpuTimes before{{100, 0, 100, 1000, 10, 0, 0, 0}};
  const CpuTimes after{{120, 5, 110, 1050, 15, 2, 3, 5}};
  const auto share = shares(before, after);
  ASSERT_TRUE(share);
  EXPECT_DOUBLE_EQ(share->user, 25);
  EXPECT_DOUBLE_EQ(share->system, 15);
  EXPECT_DOUBLE_EQ(share->iowait, 5);
  EXPECT_DOUBLE_EQ(share->steal, 5);
  EXPECT_DOUBLE_EQ(share->usage, 45);
}

TEST(CpuShares, AreNeverMoreThanAllOfIt) {
  for (std::uint64_t busy = 1; busy < 400; ++busy) {
    for (std::uint64_t kernel = 0; kernel <= busy; kernel += 7) {
      const auto share = shares({}, {{busy - kernel, 0, kernel, 0, 0, 0, 0, 0}});
      ASSERT_EQ(share->usage, 100.0) << busy << " ticks, " << kernel << " of them in the kernel";
    }
  }
}

TEST(CpuShares, TakeAColumnThatWentBackAsUnchanged) {
  const auto share = shares({{100, 0, 0, 100, 50, 0, 0, 0}}, {{110, 0, 0, 190, 20, 0, 0, 0}});
  ASSERT_TRUE(share);
  EXPECT_DOUBLE_EQ(share->usage, 10);
  EXPECT_DOUBLE_EQ(share->iowait, 0);
}

TEST(CpuShares, AreNothingWhenNoTickPassed) {
  const CpuTimes times{{1, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_FALSE(shares(times, times));
  EXPECT_FALSE(shares(times, CpuTimes{})) << "all went back";
}

}  // namespace
}  // namespace telltale::linux_input
