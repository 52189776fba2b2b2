// An input's state as JSON. Pure.
#pragma once

#include "daemon/core/interfaces/inputs.h"
#include "daemon/net/json_writer.h"

namespace telltale::net {

// The object of one input.
void write_input(JsonWriter& json, const core::InputStatus& input);

}  // namespace telltale::net
