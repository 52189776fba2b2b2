// temperature{sensor="28-000005e2fdc3"}, from /sys/bus/w1/devices. A read takes up to 750 ms per sensor: this collector
// has a thread of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/w1.h"
#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/inventory.h"
#include "plugins/linux/collect/sensor.h"

namespace telltale::linux_input {

class W1Collector final : public Collector {
 public:
  W1Collector(const Machine& machine, NameFilter wanted);
  void collect(Round& round) override;

 private:
  struct Thermometer {
    Sensor sensor;
    std::optional<double> believed;  // the last good value
  };
  void publish(Round& round, const std::string& device, Thermometer& thermometer) const;

  Machine machine_;
  NameFilter wanted_;
  Inventory<Thermometer> thermometers_;
};

}  // namespace telltale::linux_input
