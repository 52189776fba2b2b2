// A configuration that has errors, as it is answered: each with its place. Pure.
#pragma once

#include <string>

#include "daemon/core/diagnostic.h"
#include "daemon/net/http_message.h"
#include "daemon/net/json_writer.h"

namespace telltale::net {

// The wanted ones, as an array of {"line","column","reason"}.
void write_diagnostics(JsonWriter& json, const core::Diagnostics& diagnostics, core::Diagnostic::Severity wanted);

// 422; `report` is the same for people.
[[nodiscard]] Response refused_config(const core::Diagnostics& diagnostics, const std::string& report);

}  // namespace telltale::net
