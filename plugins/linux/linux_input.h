// The input: what it reads when, and in which thread. proc and file systems in the host's; hwmon, thermal zones and IIO
// in a thread of their own, as some answer slowly; 1-Wire in another; systemd's units in a third.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <telltale/cpp/plugin.hpp>

#include "plugins/linux/collect/collector.h"
#include "plugins/linux/collect/filesystems.h"
#include "plugins/linux/collect/sensor_thread.h"
#include "plugins/linux/collect/unit_watch.h"
#include "plugins/linux/linux_options.h"

namespace telltale::linux_input {

inline constexpr std::chrono::nanoseconds kRescanEvery = std::chrono::seconds(10);

class LinuxInput : public PollingInput {
 public:
  static constexpr PluginInfo kInfo{"linux", "0.1.0",
                                    "This machine's own sensors: processors, memory, disks, network, temperatures."};
  static constexpr auto& kOptions = kOptionTable;

  explicit LinuxInput(Host host, AskSpace ask = ask_space);
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return settings_.every; }
  void poll() override;

 private:
  void start_sensor_threads();
  [[nodiscard]] bool any_in(std::initializer_list<std::string_view> directories) const;

  Settings settings_;
  Machine machine_;
  Batch batch_;
  std::vector<std::unique_ptr<Collector>> collectors_;
  std::optional<std::chrono::nanoseconds> scanned_;
  std::unique_ptr<SensorThread> sensors_;  // from when there is a sensor
  std::unique_ptr<SensorThread> w1_;
  std::unique_ptr<UnitWatch> units_;
  bool threads_refused_ = false;
};

}  // namespace telltale::linux_input
