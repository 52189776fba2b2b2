#include "plugins/linux/collect/disks.h"

#include <algorithm>

#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {

DiskCollector::DiskCollector(const Machine& machine, NameFilter wanted)
    : machine_(machine), wanted_(std::move(wanted)), file_(machine.path("/proc/diskstats")), disks_(machine.host) {}

bool DiskCollector::wants(const DiskStats& stats) const {
  if (!wanted_.wants(stats.name) || (stats.reads == 0 && stats.writes == 0)) return false;
  std::string in_sysfs(stats.name);
  std::replace(in_sysfs.begin(), in_sysfs.end(), '/', '!');  // `cciss/c0d0` is `cciss!c0d0` there
  return block_devices_.empty() || std::binary_search(block_devices_.begin(), block_devices_.end(), in_sysfs);
}

DiskCollector::Disk DiskCollector::declare(std::string_view name) const {
  const std::string disk = clean_name(name);
  const auto add = [&](SeriesSpec spec) { return machine_.declare(labelled(std::move(spec), "disk", disk)); };
  return {.read = add(counter("disk.read", kBytes, disk + " read")),
          .written = add(counter("disk.written", kBytes, disk + " written")),
          .reads = add(counter("disk.read.operations", "", disk + " reads")),
          .writes = add(counter("disk.written.operations", "", disk + " writes")),
          .read_rate = add(gauge("disk.read.rate", kBytesPerSecond, disk + " read rate", 0)),
          .written_rate = add(gauge("disk.written.rate", kBytesPerSecond, disk + " write rate", 0)),
          .busy = add(percent("disk.busy", disk + " busy")),
          .read_meter = {},
          .written_meter = {},
          .busy_meter = {}};
}

void DiskCollector::collect(Round& round) {
  if (round.rescan) {
    block_devices_ = list_directory(machine_.path("/sys/block"));
    std::sort(block_devices_.begin(), block_devices_.end());
  }
  const std::string_view text = file_.read();
  if (const std::size_t malformed = parse_diskstats(text, stats_)) machine_.host.count(kMalformed, malformed);
  Batch& batch = round.batch;
  for (const DiskStats& stats : stats_) {
    if (!wants(stats)) continue;
    Disk* disk = disks_.present(stats.name, [&] { return declare(stats.name); });
    if (disk == nullptr) continue;
    batch.add(disk->read, static_cast<double>(stats.read_bytes));
    batch.add(disk->written, static_cast<double>(stats.written_bytes));
    batch.add(disk->reads, static_cast<double>(stats.reads));
    batch.add(disk->writes, static_cast<double>(stats.writes));
    if (const auto rate = disk->read_meter.update(stats.read_bytes, round.now)) batch.add(disk->read_rate, *rate);
    if (const auto rate = disk->written_meter.update(stats.written_bytes, round.now)) {
      batch.add(disk->written_rate, *rate);
    }
    if (const auto rate = disk->busy_meter.update(stats.busy_ms, round.now)) {
      batch.add(disk->busy, std::min(100.0, *rate / 1000 * 100));
    }
  }
  disks_.sweep([&](Disk& disk) {
    for (const Series series :
         {disk.read, disk.written, disk.reads, disk.writes, disk.read_rate, disk.written_rate, disk.busy}) {
      batch.add_bad(series);
    }
    disk.read_meter.forget();
    disk.written_meter.forget();
    disk.busy_meter.forget();
  });
}

}  // namespace telltale::linux_input
