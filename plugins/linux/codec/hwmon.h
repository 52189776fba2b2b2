// Attributes of /sys/class/hwmon/hwmon*. Units: the kernel's Documentation/hwmon/sysfs-interface.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/linux/codec/quantity.h"

namespace telltale::linux_input {

// The value of one channel of a chip, as its files are named: `temp1_input` has prefix `temp1`.
struct HwmonChannel {
  std::string prefix;
  const Quantity* quantity = nullptr;
};
// Nothing when `file` is no value (a limit, a label, an alarm …) or of a kind that is not known.
[[nodiscard]] std::optional<HwmonChannel> parse_hwmon_file(std::string_view file);

// `cpu-thermal` of a thermal zone and `cpu_thermal` of the chip that the kernel makes of it are the same sensor.
[[nodiscard]] std::string chip_name_of_zone(std::string_view zone_type);

// The quantity of /sys/class/thermal/thermal_zone*/temp, in m°C.
[[nodiscard]] const Quantity& zone_temperature();

// `text` in the quantity's unit; nothing for garbage and for what no sensor can mean (|value| >= 1e15).
[[nodiscard]] std::optional<double> convert(std::string_view text, const Quantity& quantity);

}  // namespace telltale::linux_input
