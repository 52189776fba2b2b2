#include "plugins/mqtt-out/mqtt_out_sink.h"

using telltale::mqtt_out::MqttOutSink;
TELLTALE_PLUGIN(MqttOutSink)
