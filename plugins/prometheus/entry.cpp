#include "plugins/prometheus/prometheus_sink.h"

using telltale::prometheus::PrometheusSink;
TELLTALE_PLUGIN(PrometheusSink)
