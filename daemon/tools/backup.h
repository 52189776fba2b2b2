// Backups: a copy of a history in a file of its own, with the configuration beside it. Of a running daemon through its
// API, of a directory without one from its files. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/net/client.h"

namespace telltale::tools {

// What is carried along. Empty: not.
struct CarriedPaths {
  std::string config;    // the configuration; its dashboards/*.yaml go with it
  std::string secrets;   // mode and all
  std::string accounts;  // users and tokens, as hashes
};
// What there is to carry of a daemon's state directory and configuration; what cannot be read is left out.
[[nodiscard]] CarriedPaths carried_paths(const std::string& state_directory, const std::string& config,
                                         bool with_secrets);

struct BackupOrder {
  std::string file;               // the backup
  bool replace = false;           // one that is there
  net::Client* daemon = nullptr;  // of whose history; or
  std::string database;           // of which file
  CarriedPaths carried;
  bool fetch_config = false;                          // from the daemon: its files are out of reach
  std::function<void(std::uint64_t bytes)> progress;  // now and then
};

struct BackupReport {
  std::uint64_t bytes = 0;
  std::uint64_t readings = 0;
  std::vector<std::string> carried;   // names
  std::vector<std::string> findings;  // what could not be read and is not in it
};

// The file is whole, on the disk and verified when this returns.
[[nodiscard]] core::Result<BackupReport> make_backup(const BackupOrder& order);

}  // namespace telltale::tools
