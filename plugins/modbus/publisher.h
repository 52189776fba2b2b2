// From values to readings: declares the series of points and publishes what was read. Owned by the bus' thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <telltale/cpp/batch.hpp>

#include "plugins/modbus/link/link.h"
#include "plugins/modbus/settings.h"

namespace telltale::modbus {

class Publisher {
 public:
  explicit Publisher(Host host) : host_(host), batch_(host) {}

  // Declares the series of a point; its number here. Throws ConfigError when the host refuses it.
  [[nodiscard]] std::size_t declare(const DeviceSettings& device, const Point& point);

  // `data`: the point's registers, or one byte 0 or 1 of a bit. `factor`: of its exponent. What is outside of the range
  // or no value at all is published as bad.
  void publish(std::size_t number, const Point& point, std::span<const std::uint8_t> data, double factor, Time time);
  void publish_bad(std::size_t number, Time time);
  void flush() { batch_.flush(); }

  // "meter1.voltage", as write/1 names it.
  [[nodiscard]] static std::string full_name(const DeviceSettings& device, const Point& point);

 private:
  struct Entry {
    Series series;
    std::string last_text;  // of an event: published when it changes
    bool is_text = false;
  };

  void publish_text(Entry& entry, const Point& point, const std::string& text, Time time);

  Host host_;
  Batch batch_;
  std::vector<Entry> entries_;
};

// The number that a value stands for with scale and exponent; nothing when it is none that may be shown: outside of
// the range, or not among the numbers of a state.
[[nodiscard]] std::optional<double> number_of(const Point& point, double raw, double factor);

}  // namespace telltale::modbus
