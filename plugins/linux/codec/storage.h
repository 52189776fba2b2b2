// /proc/diskstats and /proc/self/mountinfo. Formats: the kernel's Documentation/admin-guide/iostats.rst and proc(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::linux_input {

// Counters since boot.
struct DiskStats {
  std::string_view name;  // into the parsed text
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t writes = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t busy_ms = 0;
};
// Every well-formed line into `disks`; answers the number of malformed ones.
std::size_t parse_diskstats(std::string_view text, std::vector<DiskStats>& disks);

struct Mount {
  std::string device;  // `8:1`: the file system's major and minor number
  std::string point;
  std::string type;
};
// File systems that are on this machine's own storage, each once, by its shortest mount point. Left out: network file
// systems (asking a dead server would hang), FUSE but for fuseblk, pseudo and memory file systems, and read-only
// images, which are always full.
[[nodiscard]] std::vector<Mount> parse_mountinfo(std::string_view text);

}  // namespace telltale::linux_input
