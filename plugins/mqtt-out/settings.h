// What the user asked for, checked.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <telltale/cpp/options.hpp>

#include "plugins/mqtt-out/form.h"
#include "plugins/mqtt-out/topic_template.h"
#include "plugins/mqtt/broker.h"

namespace telltale::mqtt_out {

struct HomeAssistantSettings {
  std::string prefix;
  std::chrono::nanoseconds forget_after{};
};

struct JsonSettings {
  TopicTemplate topic;
  std::string status;
  std::string node;
  bool batch = false;
  int qos = 1;
  bool retain = true;
  std::optional<HomeAssistantSettings> homeassistant;
};

struct SparkplugSettings {
  std::string group;
  std::string node;
  std::string device_label;  // empty: none
};

// Throws ConfigError with the reason. `id` is the sink's.
[[nodiscard]] mqtt::Broker make_broker(const Options& options, std::string_view id);
[[nodiscard]] std::unique_ptr<Form> make_form(const Options& options, std::string_view id);

}  // namespace telltale::mqtt_out
