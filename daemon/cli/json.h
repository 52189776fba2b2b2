// Reading the daemon's JSON without trusting it: what is missing or of another type is simply empty.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "daemon/core/error.h"

namespace telltale::cli {

[[nodiscard]] core::Result<boost::json::value> parse_json(std::string_view text);

// The member of an object, or nullptr.
[[nodiscard]] const boost::json::value* member(const boost::json::value& object, std::string_view name);
// A scalar as people read it: numbers in their shortest form, "yes" and "no", nothing for null.
[[nodiscard]] std::string text_of(const boost::json::value& value);
// text_of(member), or empty.
[[nodiscard]] std::string text_of(const boost::json::value& object, std::string_view name);
// A time in ms since the epoch as RFC 3339, or empty.
[[nodiscard]] std::string time_text(const boost::json::value& value);
[[nodiscard]] std::string time_of(const boost::json::value& object, std::string_view name);
// The elements, or none.
[[nodiscard]] const boost::json::array& array_of(const boost::json::value& value);
[[nodiscard]] const boost::json::array& array_of(const boost::json::value& object, std::string_view name);

}  // namespace telltale::cli
