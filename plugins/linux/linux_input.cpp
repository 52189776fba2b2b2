#include "plugins/linux/linux_input.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "plugins/linux/collect/disks.h"
#include "plugins/linux/collect/hwmon.h"
#include "plugins/linux/collect/iio.h"
#include "plugins/linux/collect/network.h"
#include "plugins/linux/collect/processor.h"
#include "plugins/linux/collect/system.h"
#include "plugins/linux/collect/w1.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {

LinuxInput::LinuxInput(Host host, AskSpace ask)
    : settings_(read_settings(host.options())), machine_{host, settings_.root, settings_.labels}, batch_(host) {
  if (!exists(machine_.path("/proc/stat")) && !exists(machine_.path("/sys/class"))) {
    throw ConfigError("root: there is no proc or sys under '" + std::string(host.options().text("root")) + "'");
  }
  const auto add = [&](auto collector) { collectors_.push_back(std::move(collector)); };
  const bool system = settings_.collects("system");
  if (settings_.collects("cpu") || system) {
    add(std::make_unique<ProcessorCollector>(machine_, settings_.collects("cpu"), system,
                                             settings_.per_core ? std::optional(settings_.cores) : std::nullopt));
  }
  if (settings_.collects("load") || system) {
    add(std::make_unique<LoadCollector>(machine_, settings_.collects("load"), system));
  }
  if (settings_.collects("memory")) add(std::make_unique<MemoryCollector>(machine_));
  if (settings_.collects("pressure")) add(std::make_unique<PressureCollector>(machine_));
  if (settings_.collects("disks")) add(std::make_unique<DiskCollector>(machine_, settings_.disks));
  if (settings_.collects("filesystems")) {
    add(std::make_unique<FilesystemCollector>(machine_, settings_.filesystems, std::move(ask)));
  }
  if (settings_.collects("network")) add(std::make_unique<NetworkCollector>(machine_, settings_.interfaces));
}

void LinuxInput::poll() {
  Round round{batch_, machine_.host.now(), false};
  round.rescan = !scanned_ || round.now - *scanned_ >= kRescanEvery;
  if (round.rescan) {
    scanned_ = round.now;
    start_sensor_threads();
  }
  batch_.stamp(round.now);
  for (const auto& collector : collectors_) collector->collect(round);
  batch_.flush();
}

bool LinuxInput::any_in(std::initializer_list<std::string_view> directories) const {
  return std::any_of(directories.begin(), directories.end(),
                     [&](std::string_view directory) { return !list_directory(machine_.path(directory)).empty(); });
}

// A machine without sensors needs no thread for them; a stick that is plugged in later does.
void LinuxInput::start_sensor_threads() {
  if (threads_refused_) return;
  const bool want_sensors = !sensors_ && settings_.collects("sensors") &&
                            any_in({"/sys/class/hwmon", "/sys/class/thermal", "/sys/bus/iio/devices"});
  const bool want_w1 = !w1_ && settings_.collects("w1") && any_in({"/sys/bus/w1/devices"});
  try {
    if (want_sensors) {
      std::vector<std::unique_ptr<Collector>> collectors;
      collectors.push_back(std::make_unique<HwmonCollector>(machine_, settings_.sensors));
      collectors.push_back(std::make_unique<IioCollector>(machine_, settings_.sensors));
      sensors_ = std::make_unique<SensorThread>(machine_, settings_.every, kRescanEvery, std::move(collectors));
    }
    if (want_w1) {
      std::vector<std::unique_ptr<Collector>> collectors;
      collectors.push_back(std::make_unique<W1Collector>(machine_, settings_.sensors));
      w1_ = std::make_unique<SensorThread>(machine_, settings_.w1_every, kRescanEvery, std::move(collectors));
    }
    if (settings_.units && !units_) units_ = std::make_unique<UnitWatch>(machine_, *settings_.units);
  } catch (const std::system_error& error) {
    threads_refused_ = true;
    machine_.host.warning(std::string("sensors and units are not read: no thread can be had: ") + error.what());
  }
}

}  // namespace telltale::linux_input
