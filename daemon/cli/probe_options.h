// What `telltale probe` was given after the plugin's name, as a section that is validated like one of a configuration.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"

namespace telltale::cli {

// KEY=VALUE sets the option KEY; what is not like that sets the table's first text or path (`modbus tcp://plc`). A list
// is set by repeating its key. ErrorCode::kInvalid says every mistake.
[[nodiscard]] core::Result<core::OptionValue> probe_options(const std::vector<core::OptionSpec>& table,
                                                            const std::vector<std::string>& arguments);

}  // namespace telltale::cli
