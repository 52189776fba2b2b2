// Which version of the package is installed, and whether the running program is still that one. Nobody is asked over
// the network: the package brings a file with its version, and the program's own file is looked at. Any thread.
#pragma once

#include <string>

namespace telltale::core {

struct PackageState {
  std::string installed;  // version of the installed package; empty: it was not installed as one
  bool restart = false;   // the program's file is another one by now: the running one is older
};

class PackageWatch {
 public:
  // `version_file`: one line, which debian/rules writes. `program`: the file that runs; a link to it.
  explicit PackageWatch(std::string version_file = "/usr/share/telltale/package-version",
                        std::string program = "/proc/self/exe");
  [[nodiscard]] PackageState state() const;

 private:
  std::string version_file_;
  std::string program_;
};

}  // namespace telltale::core
