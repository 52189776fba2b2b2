// A hardware sensor's series, and how its values and faults are published.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/linux/collect/collector.h"

namespace telltale::linux_input {

// A value is published each time; a fault when it begins and once per rescan while it lasts.
class Sensor {
 public:
  explicit Sensor(Series series) : series_(series) {}
  // Nothing is a fault; it is counted.
  void publish(Round& round, const Host& host, std::optional<double> value);
  void publish_uncertain(Round& round, double value);
  // The device is gone.
  void publish_gone(Round& round) { round.batch.add_bad(series_); }

 private:
  Series series_;
  bool failed_ = false;
};

// Names for chips. A name that several chips bear is told apart by where they are connected: `lm75 1-0048`,
// `lm75 1-0049`. Numbers such as hwmon3 change from boot to boot and name nothing.
struct Chip {
  std::string directory;
  std::string name;   // what the driver calls it
  std::string place;  // of the device: `1-0048`, `nvme0`; or empty
};
// The name of each chip, in order; never twice the same.
[[nodiscard]] std::vector<std::string> name_chips(const std::vector<Chip>& chips);

// `base`, or `base hint` when it is already taken; takes it.
class UniqueNames {
 public:
  [[nodiscard]] std::string take(std::string base, std::string_view hint);

 private:
  std::map<std::string, int, std::less<>> taken_;
};

}  // namespace telltale::linux_input
