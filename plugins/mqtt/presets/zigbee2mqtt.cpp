#include "plugins/mqtt/presets/zigbee2mqtt.h"

#include <array>

#include <telltale/payload/source_time.hpp>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

constexpr std::size_t kLongestState = 32;  // a longer text is a description

constexpr std::array<KnownField, 17> kFields{{{"temperature", "°C"},
                                              {"local_temperature", "°C"},
                                              {"device_temperature", "°C"},
                                              {"current_heating_setpoint", "°C"},
                                              {"occupied_heating_setpoint", "°C"},
                                              {"humidity", "%"},
                                              {"soil_moisture", "%"},
                                              {"battery", "%"},
                                              {"pressure", "hPa"},
                                              {"power", "W"},
                                              {"current", "A"},
                                              {"energy", "kWh", TELLTALE_KIND_COUNTER},
                                              {"produced_energy", "kWh", TELLTALE_KIND_COUNTER},
                                              {"illuminance", "lx"},
                                              {"illuminance_lux", "lx"},
                                              {"co2", "ppm"},
                                              {"pm25", "µg/m³"}}};

// What is about the device or the message, not about the world.
bool is_about_itself(std::string_view path) {
  return path == "last_seen" || path == "elapsed" || path.starts_with("update") || path.starts_with("device.") ||
         path.starts_with("effect") || path.starts_with("color.");
}

}  // namespace

Zigbee2Mqtt::Zigbee2Mqtt(const PresetSettings& settings, const PresetContext& context)
    : base_(settings.topic.empty() ? "zigbee2mqtt" : settings.topic),
      devices_(settings, context),
      json_(context.bad) {
  context.outbox.subscribe(base_ + "/#", settings.qos);
}

bool Zigbee2Mqtt::message(const Message& message) {
  const auto rest = below(message.topic, base_);
  if (!rest || message.payload.empty()) return rest.has_value();
  const bool of_bridge = *rest == "bridge/state";
  // Requests to devices (…/set, …/get), and what the bridge says of itself.
  if (!of_bridge && (rest->starts_with("bridge/") || rest->ends_with("/set") || rest->ends_with("/get"))) return true;
  std::string_view device = of_bridge ? "bridge" : *rest;  // a friendly name may have slashes
  if (!of_bridge && !device.ends_with("/availability")) {
    values(device, message);
    devices_.flush();
    return true;
  }
  if (!of_bridge) device.remove_suffix(std::string_view("/availability").size());
  std::optional<bool> online = switch_of(message.payload);  // of an old version: the word alone
  if (!online) {
    for (const JsonLeaf& leaf : json_.leaves(message)) {
      if (leaf.path == "state" && leaf.type == JsonType::kText) online = switch_of(leaf.text);
    }
  }
  const Stamp stamp{.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
  if (online) devices_.set_online(device, *online, stamp);
  devices_.flush();
  return true;
}

void Zigbee2Mqtt::values(std::string_view device, const Message& message) {
  const auto leaves = json_.leaves(message);
  Stamp stamp{.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
  for (const JsonLeaf& leaf : leaves) {
    if (leaf.path != "last_seen") continue;
    if (const auto time = payload::parse_source_time(leaf.text, payload::SourceTimeUnit::kAuto))
      stamp = stamp.at(*time);
  }
  for (const JsonLeaf& leaf : leaves) {
    if (!leaf.path.empty() && !is_about_itself(leaf.path)) value(device, leaf, stamp);
  }
}

void Zigbee2Mqtt::value(std::string_view device, const JsonLeaf& leaf, const Stamp& stamp) {
  if (leaf.type == JsonType::kNumber) {
    const KnownField* const known = find_field(kFields, leaf.path);
    devices_.put(device, leaf.path, leaf.number,
                 known == nullptr ? SeriesHint{} : SeriesHint{.unit = known->unit, .kind = known->kind}, stamp);
  } else if (leaf.type == JsonType::kBoolean) {
    devices_.put(device, leaf.path, leaf.number, {.kind = TELLTALE_KIND_STATE}, stamp);
  } else if (leaf.type == JsonType::kText && leaf.path == "action") {
    if (!leaf.text.empty()) devices_.put_text(device, leaf.path, leaf.text, {.kind = TELLTALE_KIND_EVENT}, stamp);
  } else if (leaf.type == JsonType::kText && !leaf.text.empty() && leaf.text.size() <= kLongestState) {
    devices_.put_text(device, leaf.path, leaf.text, {.kind = TELLTALE_KIND_STATE}, stamp);
  }
}

}  // namespace telltale::mqtt
