// What a sensor measures, and how it is shown.
#pragma once

#include <cstdint>
#include <string_view>

#include <telltale/abi.h>

namespace telltale::linux_input {

struct Quantity {
  std::string_view name;  // of the series: `temperature`
  std::string_view unit;  // after conversion: `°C`
  std::string_view word;  // in a title: `bme280 temperature`
  double factor = 1;      // from the kernel's unit to ours
  int decimals = 1;
  std::uint32_t kind = TELLTALE_KIND_GAUGE;
};

}  // namespace telltale::linux_input
