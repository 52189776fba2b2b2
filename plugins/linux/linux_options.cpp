#include "plugins/linux/linux_options.h"

#include <algorithm>

namespace telltale::linux_input {
namespace {

NameFilter filter(const Options& options, std::string_view key) {
  const Options section = options.at(key);
  return {section.texts("include"), section.texts("exclude")};
}

}  // namespace

bool Settings::collects(std::string_view part) const {
  return std::find(parts.begin(), parts.end(), part) != parts.end();
}

Settings read_settings(const Options& options) {
  Settings settings{.every = options.duration("every"),
                    .w1_every = options.duration("w1_every"),
                    .root = std::string(options.text("root")),
                    .parts = options.texts("collect"),
                    .per_core = options.flag("per_core"),
                    .disks = filter(options, "disks"),
                    .interfaces = filter(options, "interfaces"),
                    .filesystems = filter(options, "filesystems"),
                    .sensors = filter(options, "sensors")};
  while (settings.root.ends_with('/')) settings.root.pop_back();
  return settings;
}

}  // namespace telltale::linux_input
