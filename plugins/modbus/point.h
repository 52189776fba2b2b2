// What is read, checked and ready for the bus.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/abi.h>

#include "plugins/modbus/codec/pdu.h"
#include "plugins/modbus/codec/value.h"

namespace telltale::modbus {

enum class Priority : std::uint8_t { kHigh, kNormal, kLow };

// One value of a unit, and the series that it makes.
struct Point {
  std::string name;  // without the device's
  std::string unit;
  std::string title;
  Table table = Table::kHolding;
  std::uint16_t address = 0;
  Layout layout;
  Linear linear;
  std::vector<std::uint64_t> sentinels;
  std::optional<std::uint16_t> exponent;  // where a power of ten stands that multiplies it (SunSpec's "sunssf")
  std::chrono::nanoseconds every{std::chrono::seconds(1)};
  Priority priority = Priority::kNormal;
  std::uint32_t kind = TELLTALE_KIND_GAUGE;
  std::vector<std::pair<std::int64_t, std::string>> states;
  std::optional<std::pair<double, double>> range;  // what is outside is no value, and is not written
  int decimals = -1;
  bool writable = false;
  bool writes_many = false;  // with function 15 or 16 also what fits into one register

  [[nodiscard]] std::uint16_t count() const noexcept { return layout.count(); }
};

}  // namespace telltale::modbus
