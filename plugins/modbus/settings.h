// What the user asked for, checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/link/address.h"
#include "plugins/modbus/link/timing.h"
#include "plugins/modbus/plan/read_plan.h"
#include "plugins/modbus/point.h"

namespace telltale::modbus {

// Models of SunSpec by number: points whose address counts from the model's first register.
using SunspecModels = std::map<std::uint16_t, std::vector<Point>>;

struct DeviceSettings {
  std::uint8_t unit = 1;
  std::string name;  // goes before the names of its points
  std::vector<std::pair<std::string, std::string>> labels;
  std::chrono::nanoseconds timeout{};
  ReadLimits registers;
  ReadLimits bits;
  std::vector<Point> points;
  SunspecModels models;                    // not empty: where they are is found out
  std::vector<std::uint16_t> model_bases;  // where SunSpec's list may begin
};

struct Settings {
  Address address;
  Timing timing;
  std::chrono::nanoseconds statistics{};  // between readings about the bus itself; 0: none
  std::vector<DeviceSettings> devices;
};

// Throws ConfigError with the entry and the reason. `profile_folder` holds the profiles that were installed.
[[nodiscard]] Settings make_settings(const Options& options, const std::string& profile_folder);

// Where the profiles of this installation are: beside the running program.
[[nodiscard]] std::string installed_profiles();

}  // namespace telltale::modbus
