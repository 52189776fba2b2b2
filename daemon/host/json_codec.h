// What crosses between the daemon and telltale-plugin-host, as JSON: options trees and plugin descriptions.
// Reading treats the text as hostile: bounded depth and counts, errors instead of surprises. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"

namespace telltale::host {

// Numbers cross bit for bit.
[[nodiscard]] boost::json::value option_to_json(const core::OptionValue& value);
[[nodiscard]] core::Result<core::OptionValue> option_from_json(const boost::json::value& value);

[[nodiscard]] std::string encode_description(const core::PluginDescription& description);
[[nodiscard]] core::Result<core::PluginDescription> decode_description(std::string_view text);

// What `telltale-plugin-host --describe` prints instead, when it cannot.
[[nodiscard]] std::string encode_error(const core::Error& error);

// Parses with bounded depth. ErrorCode::kCorrupt names the position.
[[nodiscard]] core::Result<boost::json::value> parse_json(std::string_view text);

}  // namespace telltale::host
