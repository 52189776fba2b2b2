// Attributes of /sys/bus/iio/devices/iio:device*. Names and units: the kernel's
// Documentation/ABI/testing/sysfs-bus-iio.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/linux/codec/quantity.h"

namespace telltale::linux_input {

// One channel that can be read: `in_voltage0-voltage1_raw`, `in_accel_x_raw`, `in_temp_input`.
struct IioChannel {
  std::string prefix;      // the file's name without its last part: `in_accel_x`
  std::string type;        // `accel`
  std::string which;       // what tells it from others of its type: `x`, `0`, `0-1`, `object`; empty when alone
  bool processed = false;  // `_input`: already scaled
};
// Nothing when `file` is no value of a channel (a scale, a peak, a mean, the timestamp, a quaternion …).
[[nodiscard]] std::optional<IioChannel> parse_iio_file(std::string_view file);

// Where the channel's scale or offset (`what`) may stand, the most special first: `in_accel_x_scale`,
// `in_accel_scale`, `in_scale`, `scale`.
[[nodiscard]] std::vector<std::string> iio_parameter_files(const IioChannel& channel, std::string_view what);

// A type that is not known is shown under its own name without a unit. `scaled`: the channel has a scale or is
// processed.
struct IioQuantity {
  std::string name;
  std::string unit;
  std::string word;
  double factor = 1;
  int decimals = -1;
};
[[nodiscard]] IioQuantity iio_quantity(const IioChannel& channel, bool scaled);

}  // namespace telltale::linux_input
