// Shelly: of the first generation shellies/DEVICE/… with a value each; since the second DEVICE/events/rpc and
// DEVICE/status/… with objects (shelly-api-docs.shelly.cloud, MQTT).
#pragma once

#include <string>
#include <string_view>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/presets/devices.h"

namespace telltale::mqtt {

class Shelly final : public Preset {
 public:
  // The settings must outlive it.
  Shelly(const PresetSettings& settings, const PresetContext& context);

  bool message(const Message& message) override;

 private:
  bool first_generation(std::string_view device, std::string_view rest, const Message& message);
  bool later_generation(std::string_view device, std::string_view rest, const Message& message);
  void component(std::string_view device, std::string_view prefix, const Message& message);

  const std::string base_;
  payload::Refusals& bad_;
  Devices devices_;
  DeviceJson json_;
};

}  // namespace telltale::mqtt
