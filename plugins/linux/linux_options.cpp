#include "plugins/linux/linux_options.h"

#include <algorithm>
#include <array>

#include <telltale/cpp/errors.hpp>

namespace telltale::linux_input {
namespace {

NameFilter filter(const Options& options, std::string_view key) {
  const Options section = options.at(key);
  return {section.texts("include"), section.texts("exclude")};
}

constexpr std::size_t kMostLabels = 15;  // 16 with a series' own
constexpr std::array<std::string_view, 6> kOwnLabels{"core", "disk", "interface", "mount", "sensor", "unit"};

std::vector<std::pair<std::string, std::string>> labels_of(const Options& options) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (const Options& row : options.items("labels")) {
    const std::string name(row.text("name"));
    if (std::find(kOwnLabels.begin(), kOwnLabels.end(), name) != kOwnLabels.end()) {
      throw ConfigError("labels: '" + name + "' is a label that this input gives by itself");
    }
    const auto is_same = [&](const auto& label) { return label.first == name; };
    if (std::any_of(labels.begin(), labels.end(), is_same)) throw ConfigError("labels: '" + name + "' is there twice");
    labels.emplace_back(name, row.text("value"));
  }
  if (labels.size() > kMostLabels) throw ConfigError("labels: there can be 15 at most");
  return labels;
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
                    .labels = labels_of(options),
                    .cores = filter(options, "cores"),
                    .disks = filter(options, "disks"),
                    .interfaces = filter(options, "interfaces"),
                    .filesystems = filter(options, "filesystems"),
                    .sensors = filter(options, "sensors"),
                    .units = {}};
  while (settings.root.ends_with('/')) settings.root.pop_back();
  if (options.has("units")) {
    const Options units = options.at("units");
    settings.units = UnitSettings{filter(options, "units"), units.duration("every"), std::string(units.text("bus"))};
  }
  return settings;
}

}  // namespace telltale::linux_input
