#include "plugins/linux/collect/filesystems.h"

#include <limits>

#include <sys/statvfs.h>

#include "plugins/linux/codec/storage.h"
#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {

std::optional<Space> ask_space(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0 || status.f_blocks == 0 || status.f_bfree > status.f_blocks) {
    return std::nullopt;
  }
  const std::uint64_t block = status.f_frsize;
  if (block == 0 || status.f_blocks > std::numeric_limits<std::uint64_t>::max() / block) return std::nullopt;
  return Space{status.f_blocks * block, (status.f_blocks - status.f_bfree) * block, status.f_bavail * block};
}

FilesystemCollector::FilesystemCollector(const Machine& machine, NameFilter wanted, AskSpace ask)
    : machine_(machine),
      wanted_(std::move(wanted)),
      ask_(std::move(ask)),
      file_(machine.path("/proc/self/mountinfo")),
      filesystems_(machine.host) {}

FilesystemCollector::Filesystem FilesystemCollector::declare(std::string_view mount) const {
  const std::string point = clean_name(mount);
  const auto add = [&](SeriesSpec spec) { return machine_.declare(labelled(std::move(spec), "mount", point)); };
  return {.used = add(gauge("filesystem.used", kBytes, point + " used", 0)),
          .available = add(gauge("filesystem.available", kBytes, point + " available", 0)),
          .total = add(gauge("filesystem.total", kBytes, point + " size", 0)),
          .usage = add(percent("filesystem.usage", point + " usage"))};
}

void FilesystemCollector::collect(Round& round) {
  if (!round.rescan) return;
  Batch& batch = round.batch;
  for (const Mount& mount : parse_mountinfo(file_.read())) {
    if (!wanted_.wants(mount.point)) continue;
    const auto space = ask_(machine_.path(mount.point));
    if (!space) continue;
    const Filesystem* filesystem = filesystems_.present(mount.point, [&] { return declare(mount.point); });
    if (filesystem == nullptr) continue;
    batch.add(filesystem->used, static_cast<double>(space->used));
    batch.add(filesystem->available, static_cast<double>(space->available));
    batch.add(filesystem->total, static_cast<double>(space->total));
    // As df does: of what users can use, without what is kept for root.
    const double usable = static_cast<double>(space->used) + static_cast<double>(space->available);
    if (usable > 0) batch.add(filesystem->usage, 100 * static_cast<double>(space->used) / usable);
  }
  filesystems_.sweep([&](Filesystem& gone) {
    for (const Series series : {gone.used, gone.available, gone.total, gone.usage}) batch.add_bad(series);
  });
}

}  // namespace telltale::linux_input
