// What the user asked for, checked.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/mqtt/broker.h"
#include "plugins/mqtt/mapping/subscription.h"

namespace telltale::mqtt {

enum class PresetKind : std::uint8_t { kHomeAssistant, kZigbee2Mqtt, kTasmota, kShelly, kSparkplug };

struct PresetSettings {
  PresetKind kind = PresetKind::kHomeAssistant;
  std::string topic;  // empty: as the devices come
  std::string name;   // before the names of the series, with its dot; or empty
  int qos = 1;
  std::string group;  // of Sparkplug; empty: all
  bool rebirth = true;
  std::chrono::nanoseconds expire_after{};
};

struct Settings {
  Broker broker;
  std::size_t max_series = 2'000;
  std::vector<Subscription> subscriptions;
  std::vector<PresetSettings> presets;
};

// A topic filter and how to subscribe to it.
struct Filter {
  std::string topic;
  int qos = 0;
};
// The topic filters of `subscribe`, each once, with the highest quality of service asked for it.
[[nodiscard]] std::vector<Filter> filters_of(const std::vector<Subscription>& subscriptions);

// Throws ConfigError with the entry and the reason. `made_up_id` is the client's name when none is configured.
[[nodiscard]] Settings make_settings(const Options& options, std::string_view made_up_id);

}  // namespace telltale::mqtt
