#include "plugins/linux/collect/w1.h"

#include <cmath>

#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

constexpr double kNear = 5;  // °C: what a temperature may well change between two readings

// The check sum is only told by `w1_slave`; `temperature` fails to read when it is wrong.
W1Reading read(const std::string& directory) {
  if (const auto text = read_sys_file(directory + "/w1_slave")) return parse_w1_slave(*text);
  if (const auto text = read_sys_file(directory + "/temperature")) return parse_w1_temperature(*text);
  return {};
}

}  // namespace

W1Collector::W1Collector(const Machine& machine, NameFilter wanted)
    : machine_(machine), wanted_(std::move(wanted)), thermometers_(machine.host) {}

void W1Collector::collect(Round& round) {
  const std::string base = machine_.path("/sys/bus/w1/devices");
  for (const std::string& device : list_directory(base)) {
    if (!is_w1_thermometer(device) || !wanted_.wants(device)) continue;
    Thermometer* thermometer = thermometers_.present(device, [&] {
      const std::string name = clean_name(device);
      return Thermometer{
          Sensor(machine_.declare(labelled(gauge("temperature", "°C", name + " temperature", 1), "sensor", name))), {}};
    });
    if (thermometer == nullptr) continue;
    publish(round, base + "/" + device, *thermometer);
    // The next one takes its time, so each is published when it is known, with its own time.
    round.batch.flush();
  }
  thermometers_.sweep([&](Thermometer& gone) { gone.sensor.publish_gone(round); });
}

void W1Collector::publish(Round& round, const std::string& device, Thermometer& thermometer) const {
  const W1Reading reading = read(device);
  round.batch.stamp(machine_.host.now());
  const bool near_before = thermometer.believed && std::abs(*thermometer.believed - reading.celsius) <= kNear;
  if (reading.trust == W1Reading::Trust::kPowerOn && !near_before) {
    thermometer.sensor.publish_uncertain(round, reading.celsius);
    return;
  }
  if (reading.trust == W1Reading::Trust::kBad) {
    thermometer.sensor.publish(round, machine_.host, std::nullopt);
    return;
  }
  thermometer.believed = reading.celsius;
  thermometer.sensor.publish(round, machine_.host, reading.celsius);
}

}  // namespace telltale::linux_input
