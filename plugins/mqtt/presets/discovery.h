// One entity that Home Assistant's MQTT discovery announces: what its configuration says, read and checked.
// Source: home-assistant.io, MQTT integration, "MQTT discovery", "MQTT sensor", "MQTT binary sensor".
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/payload/json_payload.hpp>

#include "plugins/mqtt/presets/value_template.h"

namespace telltale::mqtt {

struct Availability {
  std::string topic;
  std::string available = "online";
  std::string not_available = "offline";
  std::optional<ValueTemplate> value_template{};
};

struct Entity {
  bool binary = false;  // a binary_sensor
  std::string name;     // of the series
  std::string title;
  std::string unit;
  std::string state_class;
  std::string device_class;
  std::string state_topic;
  std::optional<ValueTemplate> value_template;
  std::string payload_on = "ON";
  std::string payload_off = "OFF";
  std::vector<Availability> availability;
  std::chrono::nanoseconds expire_after{};
  int decimals = -1;
};

// Where a configuration stood: homeassistant/COMPONENT/[NODE/]OBJECT/config.
struct DiscoveryTopic {
  std::string_view component;
  std::string_view node;
  std::string_view object;
};
// Of what follows the prefix; nothing when it is no such topic.
[[nodiscard]] std::optional<DiscoveryTopic> parse_discovery_topic(std::string_view below_prefix);

// The sensors and binary sensors of a configuration, flattened to leaves with texts. What is wrong with one is appended
// to `faults`, in words, and that one is left out; others are kept.
[[nodiscard]] std::vector<Entity> read_discovery(const DiscoveryTopic& topic, std::span<const payload::JsonLeaf> leaves,
                                                 std::vector<std::string>& faults);

}  // namespace telltale::mqtt
