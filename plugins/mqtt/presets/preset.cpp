#include "plugins/mqtt/presets/preset.h"

#include "plugins/mqtt/presets/home_assistant.h"
#include "plugins/mqtt/presets/shelly.h"
#include "plugins/mqtt/presets/sparkplug.h"
#include "plugins/mqtt/presets/tasmota.h"
#include "plugins/mqtt/presets/zigbee2mqtt.h"

namespace telltale::mqtt {

std::unique_ptr<Preset> make_preset(const PresetSettings& settings, const PresetContext& context) {
  switch (settings.kind) {
    case PresetKind::kHomeAssistant:
      return std::make_unique<HomeAssistant>(settings, context);
    case PresetKind::kZigbee2Mqtt:
      return std::make_unique<Zigbee2Mqtt>(settings, context);
    case PresetKind::kTasmota:
      return std::make_unique<Tasmota>(settings, context);
    case PresetKind::kShelly:
      return std::make_unique<Shelly>(settings, context);
    case PresetKind::kSparkplug:
      break;
  }
  return std::make_unique<Sparkplug>(settings, context);
}

}  // namespace telltale::mqtt
