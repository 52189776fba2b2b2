#include "plugins/mqtt-out/discovery.h"

#include <algorithm>
#include <array>
#include <utility>

#include <telltale/cpp/text.hpp>

#include "plugins/mqtt-out/json_text.h"
#include "plugins/outgoing/reading_text.h"

namespace telltale::mqtt_out {

namespace {

struct Quantity {
  std::string_view unit;
  std::string_view part;  // of the name, which it must have; empty: any name
  std::string_view word;
};
// home-assistant.io, "Sensor": device classes with the units that each allows.
constexpr std::array<Quantity, 46> kQuantities{{{"°C", "", "temperature"},
                                                {"°F", "", "temperature"},
                                                {"K", "", "temperature"},
                                                {"%", "humid", "humidity"},
                                                {"%", "battery", "battery"},
                                                {"%", "moisture", "moisture"},
                                                {"Pa", "", "pressure"},
                                                {"hPa", "", "pressure"},
                                                {"kPa", "", "pressure"},
                                                {"mbar", "", "pressure"},
                                                {"bar", "", "pressure"},
                                                {"psi", "", "pressure"},
                                                {"W", "", "power"},
                                                {"kW", "", "power"},
                                                {"MW", "", "power"},
                                                {"Wh", "", "energy"},
                                                {"kWh", "", "energy"},
                                                {"MWh", "", "energy"},
                                                {"V", "", "voltage"},
                                                {"mV", "", "voltage"},
                                                {"A", "", "current"},
                                                {"mA", "", "current"},
                                                {"VA", "", "apparent_power"},
                                                {"var", "", "reactive_power"},
                                                {"Hz", "", "frequency"},
                                                {"kHz", "", "frequency"},
                                                {"lx", "", "illuminance"},
                                                {"dB", "", "sound_pressure"},
                                                {"dBm", "", "signal_strength"},
                                                {"ppm", "co2", "carbon_dioxide"},
                                                {"kg", "", "weight"},
                                                {"g", "", "weight"},
                                                {"mm", "", "distance"},
                                                {"cm", "", "distance"},
                                                {"m", "", "distance"},
                                                {"km", "", "distance"},
                                                {"m/s", "", "speed"},
                                                {"km/h", "", "speed"},
                                                {"m³/h", "", "volume_flow_rate"},
                                                {"L/min", "", "volume_flow_rate"},
                                                {"s", "", "duration"},
                                                {"min", "", "duration"},
                                                {"h", "", "duration"},
                                                {"B", "", "data_size"},
                                                {"MB", "", "data_size"},
                                                {"GB", "", "data_size"}}};

void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += out.empty() ? '{' : ',';
  append_json(out, key);
  out += ':';
  append_json(out, text);
}

std::string word_of(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  std::string out;
  for (const char c : text) out += plain(c) ? c : '_';
  return out;
}

// A counter only grows; Home Assistant takes no energy that is merely measured.
std::string_view state_class(const telltale_series& series, std::string_view device_class) {
  if (series.kind == TELLTALE_KIND_COUNTER) return "total_increasing";
  return device_class == "energy" ? "total" : "measurement";
}

}  // namespace

std::string_view device_class(std::string_view unit, std::string_view name) {
  const auto found = std::find_if(kQuantities.begin(), kQuantities.end(), [&](const Quantity& one) {
    return one.unit == unit && name.find(one.part) != std::string_view::npos;
  });
  return found == kQuantities.end() ? std::string_view() : found->word;
}

std::string object_id(std::string_view key) {
  constexpr std::size_t kLongest = 100;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, 64 bits
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::string out = word_of(key.substr(0, kLongest)) + "_";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[hash >> static_cast<unsigned>(shift) & 15U];
  return out;
}

Discovery::Discovery(std::string prefix, std::string node, std::string status, std::chrono::nanoseconds forget_after)
    : prefix_(std::move(prefix)),
      node_(std::move(node)),
      node_id_("telltale_" + word_of(node_)),
      status_(std::move(status)),
      forget_after_(forget_after) {}

std::string Discovery::filter() const { return prefix_ + "/sensor/" + node_id_ + "/+/config"; }

std::string Discovery::topic_of(std::string_view object) const {
  return prefix_ + "/sensor/" + node_id_ + "/" + std::string(object) + "/config";
}

std::string Discovery::config_of(const telltale_series& series, std::string_view object,
                                 std::string_view state_topic) const {
  const bool is_state = series.kind == TELLTALE_KIND_STATE;
  const std::string_view unit = to_view(series.unit);
  std::string out;
  append_member(out, "name", outgoing::key_of(series));
  append_member(out, "unique_id", node_id_ + "_" + std::string(object));
  append_member(out, "object_id", node_id_ + "_" + std::string(object));
  append_member(out, "state_topic", state_topic);
  append_member(out, "value_template", is_state ? "{{ value_json.state }}" : "{{ value_json.value }}");
  append_member(out, "availability_topic", status_);
  append_member(out, "payload_available", "online");
  append_member(out, "payload_not_available", "offline");
  if (is_state && series.state_count > 0) {
    append_member(out, "device_class", "enum");
    out += ",\"options\":[";
    for (std::uint32_t i = 0; i < series.state_count; ++i) {
      if (i > 0) out += ',';
      append_json(out, to_view(series.states[i].name));
    }
    out += ']';
  }
  if (!is_state) {
    const std::string_view quantity = device_class(unit, to_view(series.name));
    if (!unit.empty()) append_member(out, "unit_of_measurement", unit);
    if (!quantity.empty()) append_member(out, "device_class", quantity);
    append_member(out, "state_class", state_class(series, quantity));
  }
  std::string device;
  append_member(device, "identifiers", node_id_);
  append_member(device, "name", node_);
  append_member(device, "manufacturer", "Telltale");
  out.append(",\"device\":").append(device).append("}}");
  return out;
}

std::optional<mqtt::Outgoing> Discovery::announce(const telltale_series& series, std::string_view state_topic) {
  if (series.kind == TELLTALE_KIND_EVENT) return std::nullopt;
  std::string key = outgoing::key_of(series);
  if (announced_.find(key) != announced_.end() || announced_.size() >= kMostTopics) return std::nullopt;
  const std::string object = object_id(key);
  std::string topic = topic_of(object);
  std::string config = config_of(series, object, state_topic);
  announced_.emplace(std::move(key), topic);
  configs_.insert_or_assign(topic, config);
  return mqtt::Outgoing{std::move(topic), std::move(config), 1, true};
}

Messages Discovery::all() const {
  Messages messages;
  for (const auto& [topic, config] : configs_) messages.push_back({topic, config, 1, true});
  return messages;
}

void Discovery::take(std::string_view topic, std::string_view payload) {
  if (payload.empty()) {
    if (const auto found = there_.find(topic); found != there_.end()) there_.erase(found);
  } else if (there_.size() < kMostTopics) {
    there_.emplace(topic);
  }
}

Messages Discovery::withdraw(std::chrono::nanoseconds now) {
  Messages messages;
  if (!began_) began_ = now;
  if (now - *began_ < forget_after_) return messages;
  for (auto topic = there_.begin(); topic != there_.end();) {
    if (configs_.find(*topic) != configs_.end()) {
      ++topic;
      continue;
    }
    messages.push_back({*topic, "", 1, true});
    topic = there_.erase(topic);
  }
  return messages;
}

}  // namespace telltale::mqtt_out
