#include "plugins/influx/influx_sink.h"

using telltale::influx::InfluxSink;
TELLTALE_PLUGIN(InfluxSink)
