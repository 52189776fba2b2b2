// temperature, voltage, fan.speed, current, power, energy, humidity and frequency {sensor="…"}, from
// /sys/class/hwmon and /sys/class/thermal; voltage.alarm where a chip only tells that its supply is too low.
#pragma once

#include <string>
#include <vector>

#include "plugins/linux/codec/hwmon.h"
#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/collect/sensor.h"

namespace telltale::linux_input {

class HwmonCollector final : public Collector {
 public:
  HwmonCollector(const Machine& machine, NameFilter wanted);
  void collect(Round& round) override;

 private:
  struct Source {
    std::string value_file;
    std::string fault_file;  // or empty
    const Quantity* quantity = nullptr;
    Sensor* sensor = nullptr;  // of sensors_
  };
  void scan();
  void scan_chip(const std::string& name, const std::string& directory, UniqueNames& names);
  void scan_alarms(const std::string& name, const std::string& directory, const std::vector<std::string>& files);
  void scan_zones(const std::vector<Chip>& chips, UniqueNames& names);
  void add(const std::string& key, const Quantity& quantity, std::string value_file, std::string fault_file);
  [[nodiscard]] static std::optional<double> read(const Source& source);

  Machine machine_;
  NameFilter wanted_;
  Inventory<Sensor> sensors_;
  std::vector<Source> sources_;
};

}  // namespace telltale::linux_input
