// Keeps the dashboards: those of the configuration, and the files NAME.yaml of a directory, which are read again when
// they change. Made by app; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "daemon/core/config_node.h"
#include "daemon/core/interfaces/dashboards.h"
#include "daemon/core/mutex.h"

namespace telltale::app {

class DashboardDesk final : public core::DashboardKeeper {
 public:
  // `config_file` is only named; the directory is made when the first one is saved.
  DashboardDesk(std::string config_file, std::string directory)
      : config_file_(std::move(config_file)), directory_(std::move(directory)) {}

  // The dashboards of a configuration that was taken over: valid, with names of their own.
  void set_configured(const std::vector<core::ConfigNode>& dashboards) TELLTALE_EXCLUDES(mutex_);

  [[nodiscard]] core::Result<std::vector<core::DashboardPtr>> list() override TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] core::Result<core::DashboardPtr> read(const std::string& name) override TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] core::Result<core::DashboardOutcome> change(const core::DashboardChange& change) override
      TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] core::Result<void> remove(const std::string& name, const std::string& expected_version) override
      TELLTALE_EXCLUDES(mutex_);

 private:
  struct Known {
    struct stat status {};  // of the file that it was read from
    core::DashboardPtr dashboard;
  };
  [[nodiscard]] std::string path_of(const std::string& name) const;
  // The file, read again only when it is another one than before.
  [[nodiscard]] core::Result<core::DashboardPtr> look(const std::string& name) TELLTALE_REQUIRES(mutex_);
  [[nodiscard]] core::Result<core::DashboardPtr> find(const std::string& name) TELLTALE_REQUIRES(mutex_);
  // Names of the files in the directory, sorted.
  [[nodiscard]] core::Result<std::vector<std::string>> names() const;
  [[nodiscard]] core::Result<void> write(const std::string& name, const std::string& text, bool is_new);

  // Constant after construction.
  std::string config_file_;
  std::string directory_;

  core::Mutex mutex_;
  std::map<std::string, core::DashboardPtr> configured_ TELLTALE_GUARDED_BY(mutex_);
  std::map<std::string, Known> files_ TELLTALE_GUARDED_BY(mutex_);
};

}  // namespace telltale::app
