// /proc/stat: where the processors' time went, and the kernel's counters. Format: proc(5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace telltale::linux_input {

// Time since boot in ticks of 1/USER_HZ s, in the order of the file's columns. Guest time is part of user time.
struct CpuTimes {
  enum Column { kUser, kNice, kSystem, kIdle, kIowait, kIrq, kSoftirq, kSteal, kColumns };
  std::array<std::uint64_t, kColumns> ticks{};
};

struct ProcStat {
  std::optional<CpuTimes> total;
  std::vector<std::pair<std::uint32_t, CpuTimes>> cores;  // number and times, in the file's order; at most kMaxCores
  std::optional<std::uint64_t> interrupts;                // since boot
  std::optional<std::uint64_t> context_switches;          // since boot
  std::optional<std::uint64_t> running;                   // tasks that run or could
  std::optional<std::uint64_t> blocked;                   // tasks that wait for a disk
  std::size_t malformed = 0;                              // lines that were left out
};
inline constexpr std::size_t kMaxCores = 1024;

// Reads into `stat`, whose memory it uses again.
void parse_stat(std::string_view text, ProcStat& stat);

// Shares of the time between two readings, in %, 0 .. 100.
struct CpuShares {
  double usage = 0;   // all but idle and iowait
  double user = 0;    // with nice
  double system = 0;  // with interrupts
  double iowait = 0;
  double steal = 0;
};
// Nothing when no tick passed. A column that went back (iowait may, by proc(5)) counts as unchanged.
[[nodiscard]] std::optional<CpuShares> shares(const CpuTimes& before, const CpuTimes& after);

}  // namespace telltale::linux_input
