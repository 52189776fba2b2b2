// A sink that publishes to an MQTT broker: JSON, for Home Assistant too, or as an edge node of Sparkplug B.
#pragma once

#include <memory>

#include <telltale/cpp/plugin.hpp>

#include "plugins/mqtt-out/link.h"
#include "plugins/mqtt-out/mqtt_out_options.h"

namespace telltale::mqtt_out {

class MqttOutSink : public Sink {
 public:
  static constexpr PluginInfo kInfo{
      "mqtt-out", "1.0.0", "Publishes readings to an MQTT broker: JSON, Home Assistant, Sparkplug B.", kNeedsNetwork};
  static constexpr auto& kOptions = kOptionTable;

  explicit MqttOutSink(Host host);
  void send(const OutgoingBatch& batch, int stop_fd) override;

 private:
  std::unique_ptr<Link> link_;
};

}  // namespace telltale::mqtt_out
