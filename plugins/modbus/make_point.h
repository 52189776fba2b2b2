// A point out of its options: from the configuration or from a profile.
#pragma once

#include <chrono>
#include <string>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/point.h"

namespace telltale::modbus {

// What holds for the points of a device that do not say otherwise.
struct PointDefaults {
  ByteOrder order;
  std::chrono::nanoseconds every{std::chrono::seconds(1)};
  std::uint16_t first_address = 0;
};

// Throws ConfigError with the point's name and the reason.
[[nodiscard]] Point make_point(const Options& options, const PointDefaults& defaults);

}  // namespace telltale::modbus
