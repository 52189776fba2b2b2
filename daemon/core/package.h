// Which version of the package is installed, and whether the running program is still that one. Nobody is asked over
// the network: the system's list of packages, and the program's own file. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/core/mutex.h"

namespace telltale::core {

struct PackageState {
  std::string
      installed;         // version of the installed package; empty: it was not installed as one, or that cannot be read
  bool restart = false;  // the program's file is another one by now: the running one is older
};

// Version of `package` in the text of a file such as /var/lib/dpkg/status (deb822(5)); empty: it is not installed.
[[nodiscard]] std::string installed_version(std::string_view status, std::string_view package);

class PackageWatch {
 public:
  // `program`: the file that runs; a link to it, such as /proc/self/exe.
  explicit PackageWatch(std::string package, std::string status_file = "/var/lib/dpkg/status",
                        std::string program = "/proc/self/exe");
  // Reads the list of packages only when it has changed.
  [[nodiscard]] PackageState state();

 private:
  const std::string package_;
  const std::string status_file_;
  const std::string program_;
  Mutex mutex_;
  std::string version_ TELLTALE_GUARDED_BY(mutex_);
  std::int64_t changed_ TELLTALE_GUARDED_BY(mutex_) = -1;  // of the list that `version_` is from
};

}  // namespace telltale::core
