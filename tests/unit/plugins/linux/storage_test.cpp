#include "plugins/linux/codec/storage.h"

#include <gtest/gtest.h>

namespace telltale::linux_input {
namespace {

TEST(DiskStats, ReadsLinesOfEveryKernel) {
  std::vector<DiskStats> disks;
  EXPECT_EQ(parse_diskstats("   8       0 sda 10 1 20 3 40 5 60 7 0 90 10\n"  // before 4.18
                            " 259       0 nvme0n1 1 0 2 0 3 0 4 0 0 5 6 7 8 9 10 11 12\n",
                            disks),
            0U);
  ASSERT_EQ(disks.size(), 2U);
  EXPECT_EQ(disks[0].name, "sda");
  EXPECT_EQ(disks[0].reads, 10U);
  EXPECT_EQ(disks[0].read_bytes, 20U * 512);
  EXPECT_EQ(disks[0].writes, 40U);
  EXPECT_EQ(disks[0].written_bytes, 60U * 512);
  EXPECT_EQ(disks[0].busy_ms, 90U);
  EXPECT_EQ(disks[1].name, "nvme0n1");
}

TEST(DiskStats, LeavesOutAndCountsWhatMakesNoSense) {
  std::vector<DiskStats> disks;
  EXPECT_EQ(parse_diskstats("8 0 sda 10 1 20 3 40 5 60\n"                         // too short
                            "8 0 sda 10 1 x 3 40 5 60 7 0 90 10\n"                // no number
                            "8 0 sda 1 1 -2 3 40 5 60 7 0 90 10\n"                // negative
                            "8 0 sda 1 1 18446744073709551615 3 4 5 6 7 0 9 1\n"  // too many sectors for bytes
                            "8 0\n\n   \n",
                            disks),
            5U);
  EXPECT_TRUE(disks.empty());
}

std::vector<std::string> points(std::string_view text) {
  std::vector<std::string> result;
  for (const Mount& mount : parse_mountinfo(text)) result.push_back(mount.point);
  return result;
}
using Points = std::vector<std::string>;

TEST(Mounts, AreThoseOfLocalDisksOnceEach) {
  EXPECT_EQ(points("27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n"
                   "45 27 179:2 /log /var/log rw shared:1 - ext4 /dev/mmcblk0p2 rw\n"  // the same disk again
                   "41 27 179:1 / /boot rw - vfat /dev/mmcblk0p1 rw\n"                 // no optional field
                   "46 27 0:41 / /mnt/nas rw shared:40 - nfs4 host:/export rw\n"
                   "47 27 0:42 / /cloud rw shared:41 - fuse.sshfs host: rw\n"
                   "48 27 0:43 / /smb rw shared:41 - cifs //host/share rw\n"
                   "49 27 7:0 / /snap/core ro shared:42 - squashfs /dev/loop0 ro\n"
                   "50 27 0:20 / /proc rw shared:12 - proc proc rw\n"
                   "51 27 0:50 / /data/net rw shared:9 - autofs systemd-1 rw\n"),
            (Points{"/", "/boot"}));
}

TEST(Mounts, TakeTheShortestPointOfADevice) {
  EXPECT_EQ(points("45 27 8:1 /a /srv/data/a rw - ext4 /dev/sda1 rw\n45 27 8:1 / /srv rw - ext4 /dev/sda1 rw\n"),
            Points{"/srv"});
}

TEST(Mounts, DecodeOctalEscapes) {
  EXPECT_EQ(points("44 27 8:1 / /mnt/USB\\040stick\\134x rw - exfat /dev/sda1 rw\n"), Points{"/mnt/USB stick\\x"});
  EXPECT_EQ(points("44 27 8:1 / /mnt/a\\04 rw - exfat /dev/sda1 rw\n"), Points{"/mnt/a\\04"});
}

TEST(Mounts, OverlayCountsOnlyAsTheRoot) {
  EXPECT_EQ(points("1 0 0:30 / / rw - overlay overlay rw\n2 1 0:31 / /var/lib/x/merged rw - overlay overlay rw\n"),
            Points{"/"});
}

TEST(Mounts, LeaveOutWhatMakesNoSense) {
  for (const char* text : {"", "\n", "27 1 179:2 / / rw", "27 1 179:2 / / rw shared:1 ext4 /dev/sda",
                           "27 1 8:1 / rel - ext4", "- ext4", "27 1 179:2 / / rw -"}) {
    EXPECT_EQ(points(text), Points{}) << text;
  }
}

}  // namespace
}  // namespace telltale::linux_input
