// zigbee2mqtt (zigbee2mqtt.io, MQTT topics and messages): TOPIC/DEVICE with an object of values,
// TOPIC/DEVICE/availability, TOPIC/bridge/state.
#pragma once

#include <string>
#include <string_view>

#include "plugins/mqtt/presets/devices.h"

namespace telltale::mqtt {

class Zigbee2Mqtt final : public Preset {
 public:
  // The settings must outlive it.
  Zigbee2Mqtt(const PresetSettings& settings, const PresetContext& context);

  bool message(const Message& message) override;

 private:
  void values(std::string_view device, const Message& message);
  void value(std::string_view device, const payload::JsonLeaf& leaf, const Stamp& stamp);

  const std::string base_;
  Devices devices_;
  DeviceJson json_;
};

}  // namespace telltale::mqtt
