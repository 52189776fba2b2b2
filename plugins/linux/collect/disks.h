// disk.*{disk="sda"}, from /proc/diskstats.
#pragma once

#include <string>
#include <vector>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/rate.h"
#include "plugins/linux/codec/storage.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/transport/proc_file.h"

namespace telltale::linux_input {

// Whole disks only (partitions are not in /sys/block), from their first transfer on: an empty card slot stays hidden.
class DiskCollector final : public Collector {
 public:
  DiskCollector(const Machine& machine, NameFilter wanted);
  void collect(Round& round) override;

 private:
  struct Disk {
    Series read, written, reads, writes, read_rate, written_rate, busy;
    RateMeter read_meter, written_meter, busy_meter;
  };
  [[nodiscard]] bool wants(const DiskStats& stats) const;
  [[nodiscard]] Disk declare(std::string_view name) const;

  Machine machine_;
  NameFilter wanted_;
  ProcFile file_;
  std::vector<DiskStats> stats_;
  std::vector<std::string> block_devices_;  // sorted; all are taken when it is empty
  Inventory<Disk> disks_;
};

}  // namespace telltale::linux_input
