// 1-Wire thermometers, /sys/bus/w1/devices/28-*. Formats: the kernel's Documentation/w1/slaves/w1_therm.rst.
#pragma once

#include <optional>
#include <string_view>

namespace telltale::linux_input {

// Whether `device` (`28-000005e2fdc3`) is a thermometer: families 10 (DS18S20), 22 (DS1822), 28 (DS18B20),
// 3b (DS1825) and 42 (DS28EA00).
[[nodiscard]] bool is_w1_thermometer(std::string_view device);

struct W1Reading {
  enum class Trust {
    kGood,
    kPowerOn,  // exactly 85 °C: what the chip holds until its first conversion; true only near 85 °C
    kBad,      // the check sum was wrong, the bus was shorted, or the text is none
  };
  double celsius = 0;
  Trust trust = Trust::kBad;
};
// The two lines of `w1_slave`: `50 05 4b 46 7f ff 0c 10 1c : crc=1c YES` and `… t=85000`.
[[nodiscard]] W1Reading parse_w1_slave(std::string_view text);
// The one number of `temperature`, in m°C; the kernel has checked the sum.
[[nodiscard]] W1Reading parse_w1_temperature(std::string_view text);

}  // namespace telltale::linux_input
