#include "sdk/validator/cpu_time.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace telltale::validator {

CpuTime CpuTime::now() {
  CpuTime time;
  time.at_ = std::chrono::steady_clock::now();
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  const auto processor =
      static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
  // Field 2: time on the run queue (Documentation/scheduler/sched-stats).
  std::uint64_t waited = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::uint64_t on = 0;
    std::uint64_t off = 0;
    if (std::ifstream(task.path() / "schedstat") >> on >> off) waited += off;
  }
  time.wanted_ = processor + waited;
  return time;
}

double CpuTime::share_since(const CpuTime& earlier) const {
  const auto passed = std::chrono::duration<double, std::nano>(at_ - earlier.at_).count();
  const double wanted = wanted_ > earlier.wanted_ ? static_cast<double>(wanted_ - earlier.wanted_) : 0;
  return wanted / std::max(passed, 1.0);
}

}  // namespace telltale::validator
