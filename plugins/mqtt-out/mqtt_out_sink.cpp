#include "plugins/mqtt-out/mqtt_out_sink.h"

#include "plugins/mqtt-out/settings.h"

namespace telltale::mqtt_out {

MqttOutSink::MqttOutSink(Host host)
    : link_(
          std::make_unique<Link>(host, make_broker(host.options(), host.id()), make_form(host.options(), host.id()))) {}

void MqttOutSink::send(const OutgoingBatch& batch, int stop_fd) { link_->send(batch, stop_fd); }

}  // namespace telltale::mqtt_out
