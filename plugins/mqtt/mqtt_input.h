// The input: settings, mapping, presets and session put together.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <telltale/cpp/plugin.hpp>
#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mapping/mapper.h"
#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/presets/preset.h"
#include "plugins/mqtt/session/outbox.h"
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
  void take(const Message& message);

  Host host_;
  Settings settings_;
  Outbox outbox_;
  // Messages come in a thread of Paho's, ticks in the instance's.
  std::mutex mutex_;
  // Guarded by mutex_.
  payload::Refusals bad_;
  Publisher publisher_;
  Mapper mapper_;
  std::vector<std::unique_ptr<Preset>> presets_;
};

}  // namespace telltale::mqtt
