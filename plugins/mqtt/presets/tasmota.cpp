#include "plugins/mqtt/presets/tasmota.h"

#include <array>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

constexpr std::array<KnownField, 22> kFields{{{"temperature", "°C"},
                                              {"dewpoint", "°C"},
                                              {"humidity", "%"},
                                              {"pressure", "hPa"},
                                              {"seapressure", "hPa"},
                                              {"illuminance", "lx"},
                                              {"carbondioxide", "ppm"},
                                              {"eco2", "ppm"},
                                              {"distance", "cm"},
                                              {"power", "W"},
                                              {"apparentpower", "VA"},
                                              {"reactivepower", "VAr"},
                                              {"voltage", "V"},
                                              {"current", "A"},
                                              {"frequency", "Hz"},
                                              {"total", "kWh", TELLTALE_KIND_COUNTER},
                                              {"today", "kWh"},
                                              {"yesterday", "kWh"},
                                              {"signal", "dBm"},
                                              {"rssi", "%"},
                                              {"uptimesec", "s", TELLTALE_KIND_COUNTER},
                                              {"vcc", "V"}}};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// POWER, POWER1 .. POWER32.
bool is_power(std::string_view name) {
  return name.starts_with("POWER") && name.find_first_not_of("0123456789", 5) == std::string_view::npos;
}

}  // namespace

// The user's topic stands before tele/ and stat/: with `%prefix%/%topic%/`, Tasmota's default, there is none.
Tasmota::Tasmota(const PresetSettings& settings, const PresetContext& context)
    : base_(settings.topic), bad_(context.bad), devices_(settings, context), json_(context.bad) {
  const std::string before = base_.empty() ? "" : base_ + "/";
  context.outbox.subscribe(before + "tele/+/+", settings.qos);
  context.outbox.subscribe(before + "stat/+/+", settings.qos);
}

bool Tasmota::message(const Message& message) {
  std::string_view rest = message.topic;
  if (!base_.empty()) {
    const auto inside = below(rest, base_);
    if (!inside) return false;
    rest = *inside;
  }
  const std::string_view prefix = take_level(rest);
  if (prefix != "tele" && prefix != "stat") return false;
  const std::string_view device = take_level(rest);
  if (device.empty() || rest.empty() || rest.find('/') != std::string_view::npos) return false;
  if (message.payload.empty()) return true;
  const Stamp stamp{.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
  if (rest == "LWT") {
    if (const auto online = switch_of(message.payload)) devices_.set_online(device, *online, stamp);
  } else if (prefix == "stat" && is_power(rest)) {
    if (const auto on = switch_of(message.payload)) {
      devices_.put(device, lower_case(rest), *on ? 1 : 0, {.kind = TELLTALE_KIND_STATE, .off = "off", .on = "on"},
                   stamp);
    } else {
      bad_.add("not_a_number", message.topic, message.payload);
    }
  } else if (rest == "SENSOR" || rest == "STATE" || rest == "STATUS8" || rest == "STATUS10" || rest == "STATUS11") {
    values(device, message);
  }
  devices_.flush();
  return true;
}

// The time in these objects is local and without its zone: the time of arrival is better.
void Tasmota::values(std::string_view device, const Message& message) {
  const Stamp stamp{.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
  const auto leaves = json_.leaves(message);
  std::string_view temperature_unit = "°C";
  for (const JsonLeaf& leaf : leaves) {
    if (leaf.path.ends_with("TempUnit") && leaf.text == "F") temperature_unit = "°F";
  }
  for (const JsonLeaf& leaf : leaves) {
    std::string_view path = leaf.path;
    for (const std::string_view wrapper : {"StatusSNS.", "StatusSTS."}) {  // the answer to a Status command
      if (path.starts_with(wrapper)) path.remove_prefix(wrapper.size());
    }
    const std::string_view last = path.substr(path.rfind('.') + 1);
    if (leaf.type == JsonType::kNumber) {
      const KnownField* const known = find_field(kFields, last);
      SeriesHint hint;
      if (known != nullptr) hint = {.unit = known->unit, .kind = known->kind};
      if (hint.unit == "°C") hint.unit = temperature_unit;
      devices_.put(device, lower_case(path), leaf.number, hint, stamp);
    } else if (leaf.type == JsonType::kText && is_power(last)) {
      if (const auto on = switch_of(leaf.text)) {
        devices_.put(device, lower_case(path), *on ? 1 : 0, {.kind = TELLTALE_KIND_STATE, .off = "off", .on = "on"},
                     stamp);
      }
    }
  }
}

}  // namespace telltale::mqtt
