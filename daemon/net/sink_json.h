// A sink's state as JSON. Pure.
#pragma once

#include "daemon/core/interfaces/sinks.h"
#include "daemon/net/json_writer.h"

namespace telltale::net {

// The object of one input.
void write_sink(JsonWriter& json, const core::SinkStatus& sink);

}  // namespace telltale::net
