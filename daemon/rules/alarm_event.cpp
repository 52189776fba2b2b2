#include "daemon/rules/alarm_event.h"

#include <cmath>
#include <limits>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::rules {

namespace {

constexpr std::size_t kMaxTextBytes = 512;  // of a name or a comment

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  const auto& text = value->get_string();
  return std::string(core::cut_utf8(std::string_view(text.data(), text.size()), kMaxTextBytes));
}

std::optional<core::WallTime> time_of(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  constexpr std::int64_t kLast = 9'000'000'000'000;  // ms
  if (value->get_int64() < 0 || value->get_int64() > kLast) return std::nullopt;
  return core::from_ms(value->get_int64());
}

}  // namespace

std::string event_text(const core::AlarmStatus& alarm, core::AlarmState before) {
  std::string text = fmt::format(R"({{"state":"{}","was":"{}","severity":"{}","value":)", core::to_text(alarm.state),
                                 core::to_text(before), core::to_text(alarm.spec.severity));
  text += std::isfinite(alarm.value) ? fmt::format("{}", alarm.value) : "null";
  text += fmt::format(R"(,"since":{})", core::to_ms(alarm.since));
  if (!alarm.by.empty()) text += R"(,"by":)" + core::json_string(core::cut_utf8(alarm.by, kMaxTextBytes));
  if (!alarm.comment.empty()) {
    text += R"(,"comment":)" + core::json_string(core::cut_utf8(alarm.comment, kMaxTextBytes));
  }
  if (alarm.silenced) text += fmt::format(R"(,"silenced":{})", core::to_ms(*alarm.silenced));
  if (alarm.flapping) text += R"(,"flapping":true)";
  return text + '}';
}

std::optional<KeptAlarm> read_event(std::string_view text) {
  boost::system::error_code failure;
  boost::json::parse_options options;
  options.max_depth = 4;
  const auto document = boost::json::parse(boost::json::string_view(text.data(), text.size()), failure, {}, options);
  const auto* const object = failure ? nullptr : document.if_object();
  if (object == nullptr) return std::nullopt;
  const auto state = core::alarm_state_from(text_of(*object, "state"));
  if (!state) return std::nullopt;
  KeptAlarm kept;
  kept.state = *state;
  kept.since = time_of(*object, "since").value_or(core::WallTime{});
  const auto* const value = object->if_contains("value");
  kept.value =
      value != nullptr && value->is_number() ? value->to_number<double>() : std::numeric_limits<double>::quiet_NaN();
  kept.by = text_of(*object, "by");
  kept.comment = text_of(*object, "comment");
  kept.silenced = time_of(*object, "silenced");
  return kept;
}

}  // namespace telltale::rules
