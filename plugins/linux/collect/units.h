// unit.*{unit="ssh.service"}: systemd's units, from their control groups. Neither D-Bus nor /run is in reach of an isolated
// plugin, so a unit is running when it has processes, and stopped when not: that it failed, or did its work and ended, looks
// the same from here.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/rate.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"

namespace telltale::linux_input {

class UnitCollector final : public Collector {
 public:
  // `wanted`: names, with * and ?. One without is shown also while it is not there.
  UnitCollector(const Machine& machine, std::vector<std::string> wanted);
  void collect(Round& round) override;

 private:
  struct Unit {
    Series state;
    std::string name;
    // Declared when the kernel says something of them.
    std::optional<Series> memory, tasks, cpu;
    RateMeter cpu_meter;
  };
  [[nodiscard]] Unit declare(const std::string& name) const;
  void look_for_units();
  void publish(Round& round, const std::string& directory, Unit& unit) const;
  void publish_stopped(Round& round, Unit& unit) const;
  static void forget(Round& round, Unit& unit);

  Machine machine_;
  NameFilter wanted_;
  std::vector<std::string> named_;              // without * and ?
  std::map<std::string, std::string> running_;  // name to directory, as of the last look
  Inventory<Unit> units_;
};

}  // namespace telltale::linux_input
