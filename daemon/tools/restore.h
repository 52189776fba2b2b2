// Puts a backup in the place of a history. What was there is kept aside. One thread; blocks on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::tools {

enum class ConfigChoice : std::uint8_t {
  kIfNone,   // where there is no configuration, the backup's
  kReplace,  // the backup's; what was there is kept aside
  kLeave,
};

struct RestoreOrder {
  std::string file;             // the backup
  std::string state_directory;  // made when missing
  std::string config;           // where the daemon's configuration is
  ConfigChoice choice = ConfigChoice::kIfNone;
};

struct RestoreReport {
  std::uint64_t readings = 0;
  std::vector<std::string> restored;  // paths
  std::vector<std::string> left;      // what the backup has and was not put anywhere
  std::string aside;                  // the directory with what was there; empty: nothing was
};

// kConflict: a daemon uses the directory, or the backup is newer than this tool. kCorrupt: it is damaged. In each case
// nothing was changed.
[[nodiscard]] core::Result<RestoreReport> restore_backup(const RestoreOrder& order);

}  // namespace telltale::tools
