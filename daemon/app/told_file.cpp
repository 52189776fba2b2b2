#include "daemon/app/told_file.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "daemon/core/replace_file.h"

namespace telltale::app {

notify::Notifier::Memory told_file(const std::string& path, const core::Logger& log) {
  notify::Notifier::Memory memory;
  std::ifstream file(path, std::ios::binary);
  memory.kept.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  const auto failing = std::make_shared<bool>(false);
  memory.keep = [path, log, failing](const std::string& text) {
    const std::string fresh = path + ".new";
    auto written = core::write_new(fresh, text, 0600);
    if (written && std::rename(fresh.c_str(), path.c_str()) != 0) written = core::errno_error(errno, "rename", fresh);
    if (written) core::sync_directory_of(path);
    // Once, until it works again.
    if (!written && !std::exchange(*failing, true)) {
      log.warning("who was told of alarms is not kept, and may be told twice after a restart: {}",
                  written.error().text());
    }
    if (written) *failing = false;
  };
  return memory;
}

}  // namespace telltale::app
