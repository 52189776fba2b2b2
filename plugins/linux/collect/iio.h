// Everything that can be read under /sys/bus/iio/devices: temperature, humidity, pressure, voltage, acceleration,
// illuminance … {sensor="bme280"}.
#pragma once

#include <string>
#include <vector>

#include "plugins/linux/codec/iio.h"
#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/collect/sensor.h"

namespace telltale::linux_input {

class IioCollector final : public Collector {
 public:
  IioCollector(const Machine& machine, NameFilter wanted);
  void collect(Round& round) override;

 private:
  struct Source {
    std::string value_file;
    double offset = 0;         // added before
    double factor = 1;         // scale and unit in one
    Sensor* sensor = nullptr;  // of sensors_
  };
  void scan();
  void scan_device(const std::string& name, const std::string& directory);
  void add(const std::string& sensor, const IioQuantity& quantity, Source source);
  [[nodiscard]] static std::optional<double> read(const Source& source);

  Machine machine_;
  NameFilter wanted_;
  Inventory<Sensor> sensors_;
  std::vector<Source> sources_;
};

}  // namespace telltale::linux_input
