// cpu.*, tasks.running, tasks.blocked and system.*.rate, from /proc/stat and cpufreq.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/processor.h"
#include "plugins/linux/codec/rate.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/transport/proc_file.h"

namespace telltale::linux_input {

class ProcessorCollector final : public Collector {
 public:
  // `cores`: which ones to show each by itself; nothing: none.
  ProcessorCollector(const Machine& machine, bool cpu, bool system, std::optional<NameFilter> cores);
  void collect(Round& round) override;

 private:
  struct Core {
    std::optional<CpuTimes> times;  // of the last round; nothing while it is off
    Series usage;
    bool present = false;  // in this round
  };
  void collect_shares(Round& round);
  void collect_cores(Round& round);
  void collect_system(Round& round);
  void collect_frequency(Round& round);

  // Constant after construction.
  Machine machine_;
  bool cpu_;
  bool system_;
  std::optional<NameFilter> wanted_cores_;
  Series usage_, user_, system_share_, iowait_, running_, blocked_, switches_rate_, interrupts_rate_;

  ProcFile file_;
  ProcStat stat_;
  std::optional<CpuTimes> before_;
  std::optional<Series> steal_;      // of virtual machines
  std::optional<Series> frequency_;  // of machines that tell
  std::map<std::uint32_t, Core> cores_;
  std::vector<std::string> frequency_files_;
  RateMeter switches_, interrupts_;
};

}  // namespace telltale::linux_input
