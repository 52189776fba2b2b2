#include "plugins/mqtt/mqtt_input.h"

using telltale::mqtt::MqttInput;
TELLTALE_PLUGIN(MqttInput)
