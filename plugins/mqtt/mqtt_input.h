// The input: settings, mapping and session put together.
#pragma once

#include <telltale/cpp/plugin.hpp>

#include "plugins/mqtt/mapping/mapper.h"
#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/session/session.h"
#include "plugins/mqtt/settings.h"

namespace telltale::mqtt {

class MqttInput : public StreamingInput {
 public:
  static constexpr PluginInfo kInfo{"mqtt", "0.1.0", "Subscribes to topics of an MQTT broker.", kNeedsNetwork};
  static constexpr auto& kOptions = kOptionTable;

  explicit MqttInput(Host host);
  void run(int stop_fd) override;

 private:
  Host host_;
  Settings settings_;
  Mapper mapper_;
};

}  // namespace telltale::mqtt
