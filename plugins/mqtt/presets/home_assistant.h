// Home Assistant's MQTT discovery: devices announce their sensors and binary sensors in configurations that the broker
// retains; this subscribes to what they name, and makes series of it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/mqtt/presets/devices.h"
#include "plugins/mqtt/presets/discovery.h"

namespace telltale::mqtt {

class HomeAssistant final : public Preset {
 public:
  static constexpr std::size_t kMaxEntities = 4'096;

  // The settings must outlive it.
  HomeAssistant(const PresetSettings& settings, const PresetContext& context);

  bool message(const Message& message) override;

 private:
  struct Announced {
    Entity entity;
    std::optional<SeriesTable::Entry> series{};
    std::vector<bool> online{};  // of its availability topics
  };
  using Group = std::vector<std::shared_ptr<Announced>>;
  using Index = std::unordered_map<std::string, Group, TextHash, std::equal_to<>>;

  void configure(std::string_view rest, const Message& message);
  void forget(const std::string& topic);
  void listen(const std::shared_ptr<Announced>& announced);
  bool state(const Message& message);
  void publish(Announced& announced, const TemplateValue& value, const Stamp& stamp);
  void publish_binary(Announced& announced, const TemplateValue& value, const Stamp& stamp);
  void availability(Announced& announced, const Message& message, const TemplateInput& input);
  [[nodiscard]] const SeriesTable::Entry* series(Announced& announced, bool is_number);

  const PresetSettings& settings_;
  PresetContext context_;
  const std::string base_;
  DeviceJson json_;
  payload::JsonDecoder decoder_;
  std::map<std::string, Group, std::less<>> configured_;  // by the topic of the configuration
  std::size_t entities_ = 0;
  Index by_state_;
  Index by_availability_;
};

}  // namespace telltale::mqtt
