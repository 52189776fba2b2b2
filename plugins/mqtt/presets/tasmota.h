// Tasmota (tasmota.github.io, MQTT): tele/DEVICE/SENSOR and STATE with an object, stat/DEVICE/POWER, tele/DEVICE/LWT.
#pragma once

#include <string>
#include <string_view>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/presets/devices.h"

namespace telltale::mqtt {

class Tasmota final : public Preset {
 public:
  // The settings must outlive it.
  Tasmota(const PresetSettings& settings, const PresetContext& context);

  bool message(const Message& message) override;

 private:
  void values(std::string_view device, const Message& message);

  const std::string base_;
  payload::Refusals& bad_;
  Devices devices_;
  DeviceJson json_;
};

}  // namespace telltale::mqtt
