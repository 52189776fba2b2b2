// load.*, memory.*, swap.*, pressure.*, tasks.total and system.uptime.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "plugins/linux/codec/rate.h"
#include "plugins/linux/codec/system.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/transport/proc_file.h"

namespace telltale::linux_input {

class LoadCollector final : public Collector {
 public:
  LoadCollector(const Machine& machine, bool load, bool system);
  void collect(Round& round) override;

 private:
  Machine machine_;
  bool load_;
  bool system_;
  Series one_, five_, fifteen_, tasks_, uptime_;
  ProcFile load_file_, uptime_file_;
};

class MemoryCollector final : public Collector {
 public:
  explicit MemoryCollector(const Machine& machine);
  void collect(Round& round) override;

 private:
  struct Declared {
    Series used, available, total, cached, usage;
  };
  struct Swap {
    Series used, total, usage;
  };
  Machine machine_;
  std::optional<Declared> memory_;  // once the total is known: it is the display range
  std::optional<Swap> swap_;        // once there is any
  ProcFile file_;
};

// Share of the time in which something waited for a resource, from the kernel's totals, since the last round.
class PressureCollector final : public Collector {
 public:
  explicit PressureCollector(const Machine& machine);
  void collect(Round& round) override;

 private:
  struct Meter {
    RateMeter microseconds;
    std::optional<Series> series;
  };
  struct Resource {
    std::string name;
    ProcFile file;
    Meter some, full;
  };
  void publish(Round& round, Meter& meter, const Resource& resource, bool full,
               std::optional<std::uint64_t> total) const;

  Machine machine_;
  std::array<Resource, 3> resources_;
};

}  // namespace telltale::linux_input
