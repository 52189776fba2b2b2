// filesystem.*{mount="/"}, from /proc/self/mountinfo and statvfs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/transport/proc_file.h"

namespace telltale::linux_input {

struct Space {
  std::uint64_t total = 0;      // bytes
  std::uint64_t used = 0;       // bytes
  std::uint64_t available = 0;  // bytes for ordinary users: less than is free where some is kept for root
};
// Asks for the space of the file system at a path; nothing when it cannot be told.
using AskSpace = std::function<std::optional<Space>(const std::string& path)>;
[[nodiscard]] std::optional<Space> ask_space(const std::string& path);

// Only file systems of this machine's own storage (parse_mountinfo): none of them waits for a network. They change
// slowly: once per rescan.
class FilesystemCollector final : public Collector {
 public:
  FilesystemCollector(const Machine& machine, NameFilter wanted, AskSpace ask);
  void collect(Round& round) override;

 private:
  struct Filesystem {
    Series used, available, total, usage;
  };
  [[nodiscard]] Filesystem declare(std::string_view mount) const;

  Machine machine_;
  NameFilter wanted_;
  AskSpace ask_;
  ProcFile file_;
  Inventory<Filesystem> filesystems_;
};

}  // namespace telltale::linux_input
