#include "daemon/cli/json.h"

#include <cmath>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/core/clock.h"
#include "daemon/core/units.h"

namespace telltale::cli {
namespace json = boost::json;

core::Result<json::value> parse_json(std::string_view text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed) return core::make_error(core::ErrorCode::kIo, "the daemon's answer is no JSON: " + failed.message());
  return value;
}

const json::value* member(const json::value& object, std::string_view name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

std::string text_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return fmt::format("{}", value.get_double());
    case json::kind::bool_:
      return value.get_bool() ? "yes" : "no";
    case json::kind::null:
      return {};
    default:
      return json::serialize(value);
  }
}

std::string text_of(const json::value& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::string() : text_of(*value);
}

std::string time_text(const json::value& value) {
  if (!value.is_number()) return text_of(value);
  // Beyond 292 years around 1970 nanoseconds do not fit.
  const auto ms = value.to_number<double>();
  if (!(std::abs(ms) < 9.2e12)) return text_of(value);
  return core::format_time(core::from_ms(static_cast<std::int64_t>(ms)));
}

std::string time_of(const json::value& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? std::string() : time_text(*value);
}

const json::array& array_of(const json::value& value) {
  static const json::array kNone;
  return value.is_array() ? value.get_array() : kNone;
}

const json::array& array_of(const json::value& object, std::string_view name) {
  static const json::array kNone;
  const json::value* value = member(object, name);
  return value == nullptr ? kNone : array_of(*value);
}

}  // namespace telltale::cli
