#include "plugins/linux/codec/storage.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

constexpr std::uint64_t kSectorBytes = 512;  // of the kernel's counters, whatever the disk's own sector is
constexpr std::size_t kMaxDisks = 4096;
constexpr std::size_t kMaxMounts = 4096;

constexpr std::array<std::string_view, 21> kLocalTypes{
    "ext2", "ext3",    "ext4",  "xfs",   "btrfs", "f2fs", "bcachefs", "zfs",   "jfs",   "reiserfs", "nilfs2",
    "vfat", "fuseblk", "exfat", "ntfs3", "ntfs",  "hfs",  "hfsplus",  "ubifs", "jffs2", "overlay"};

std::optional<DiskStats> parse_disk(std::string_view line) {
  (void)take_word(line);  // major
  (void)take_word(line);  // minor
  DiskStats disk;
  disk.name = take_word(line);
  // reads, merged, sectors, ms, writes, merged, sectors, ms, in flight, busy ms
  std::array<std::uint64_t, 10> fields{};
  for (std::uint64_t& field : fields) {
    const auto number = take_number<std::uint64_t>(line);
    if (!number) return std::nullopt;
    field = *number;
  }
  constexpr std::uint64_t kMostSectors = std::numeric_limits<std::uint64_t>::max() / kSectorBytes;
  if (fields[2] > kMostSectors || fields[6] > kMostSectors) return std::nullopt;
  disk.reads = fields[0];
  disk.read_bytes = fields[2] * kSectorBytes;
  disk.writes = fields[4];
  disk.written_bytes = fields[6] * kSectorBytes;
  disk.busy_ms = fields[9];
  return disk;
}

// Blanks and backslashes are written as three octal digits: `\040`.
std::string unescape(std::string_view text) {
  std::string result;
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  while (!text.empty()) {
    if (text.size() >= 4 && text[0] == '\\' && octal(text[1]) && octal(text[2]) && octal(text[3])) {
      result += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      result += text.front();
      text.remove_prefix(1);
    }
  }
  return result;
}

// `36 35 98:0 /sub /mnt rw,noatime master:1 - ext3 /dev/root rw`
std::optional<Mount> parse_mount(std::string_view line) {
  (void)take_word(line);
  (void)take_word(line);
  const std::string_view device = take_word(line);
  (void)take_word(line);
  const std::string_view point = take_word(line);
  for (std::string_view word = take_word(line); word != "-"; word = take_word(line)) {
    if (word.empty()) return std::nullopt;
  }
  const std::string_view type = take_word(line);
  if (point.empty() || point.front() != '/' || type.empty()) return std::nullopt;
  return Mount{std::string(device), unescape(point), std::string(type)};
}

}  // namespace

std::size_t parse_diskstats(std::string_view text, std::vector<DiskStats>& disks) {
  disks.clear();
  std::size_t malformed = 0;
  while (auto line = take_line(text)) {
    if (trim(*line).empty()) continue;
    const auto disk = parse_disk(*line);
    if (disk && disks.size() < kMaxDisks) {
      disks.push_back(*disk);
    } else {
      ++malformed;
    }
  }
  return malformed;
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (auto line = take_line(text)) {
    auto mount = parse_mount(*line);
    if (!mount || std::find(kLocalTypes.begin(), kLocalTypes.end(), mount->type) == kLocalTypes.end()) continue;
    // Containers' layers are overlays too, and share the disk below: only one that is the root counts.
    if (mount->type == "overlay" && mount->point != "/") continue;
    const auto same =
        std::find_if(mounts.begin(), mounts.end(), [&](const Mount& known) { return known.device == mount->device; });
    if (same == mounts.end()) {
      if (mounts.size() < kMaxMounts) mounts.push_back(std::move(*mount));
    } else if (mount->point.size() < same->point.size()) {
      *same = std::move(*mount);
    }
  }
  return mounts;
}

}  // namespace telltale::linux_input
