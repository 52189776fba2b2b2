// The installed plugins: core::PluginCatalog over directories of .so files. A plugin is never loaded here; a
// telltale-plugin-host says what each file is, once per version of the file (size, time and inode). Any thread; calls
// block while files are looked into.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/mutex.h"

namespace telltale::host {

class PluginFinder final : public core::PluginCatalog {
 public:
  // Earlier directories win. `host_program` is find_plugin_host()'s.
  PluginFinder(std::vector<std::string> directories, std::string host_program);

  // Looks for NAME.so first, so that a start asks only about what is configured; then at everything. Errors:
  // ErrorCode::kNotFound names the nearest plugin; a file NAME.so that cannot be loaded is reported with its reason.
  [[nodiscard]] core::Result<core::PluginDescription> find(std::string_view name) override;
  [[nodiscard]] std::vector<std::string> names() override;

  // Of every file.
  [[nodiscard]] std::vector<core::PluginDescription> all();
  // Files that are there but cannot be used, and why.
  [[nodiscard]] std::vector<core::Error> problems();

 private:
  struct FileVersion {
    std::int64_t size = 0;
    std::int64_t modified = 0;  // ns
    std::uint64_t inode = 0;
    friend bool operator==(const FileVersion&, const FileVersion&) = default;
  };
  struct Known {
    FileVersion version;
    core::Result<core::PluginDescription> description;
  };

  [[nodiscard]] std::vector<std::string> files() const;
  void look_into(const std::vector<std::string>& files) TELLTALE_REQUIRES(mutex_);
  // Usable plugins by name, of the first directory that has them.
  [[nodiscard]] std::map<std::string, core::PluginDescription> usable() TELLTALE_REQUIRES(mutex_);

  const std::vector<std::string> directories_;
  const std::string host_program_;
  core::Mutex mutex_;
  std::map<std::string, Known> known_ TELLTALE_GUARDED_BY(mutex_);  // by file
};

}  // namespace telltale::host
