#include "daemon/notify/message.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/escape.h"

namespace telltale::notify {

namespace {

using core::AlarmState;

std::string labels_of(const core::AlarmStatus& alarm) {
  std::string text;
  for (const auto& [name, value] : alarm.labels) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value);
  return text;
}

std::string value_of(const core::AlarmStatus& alarm) {
  return std::isfinite(alarm.value) ? fmt::format("{:.6g}", alarm.value) : std::string("no value");
}

std::string_view verb_of(const Message& message, AlarmState state) {
  if (message.escalated) return "still fires and nobody has acknowledged it";
  if (message.again) return "still fires";
  return state == AlarmState::kFiring ? "fires" : "is over";
}

std::string line_of(const Message& message, const core::AlarmChange& change) {
  const core::AlarmStatus& alarm = change.alarm;
  const std::string labels = labels_of(alarm);
  std::string text = fmt::format("{}{}: {}{} {} ({}): {}", message.test ? "[test] " : "", message.device,
                                 alarm.spec.name, labels.empty() ? "" : " [" + labels + "]",
                                 verb_of(message, alarm.state), core::to_text(alarm.spec.severity), value_of(alarm));
  if (!alarm.spec.message.empty() && alarm.state == AlarmState::kFiring) text += ". " + alarm.spec.message;
  return text;
}

std::string alarm_json(const core::AlarmChange& change) {
  const core::AlarmStatus& alarm = change.alarm;
  std::string labels;
  for (const auto& [name, value] : alarm.labels) {
    labels += (labels.empty() ? "" : ",") + core::json_string(name) + ":" + core::json_string(value);
  }
  return fmt::format(
      R"({{"rule":{},"labels":{{{}}},"state":"{}","was":"{}","severity":"{}","value":{},"since":{},"message":{},"flapping":{}}})",
      core::json_string(alarm.spec.name), labels, core::to_text(alarm.state), core::to_text(change.before),
      core::to_text(alarm.spec.severity), std::isfinite(alarm.value) ? fmt::format("{}", alarm.value) : "null",
      core::to_ms(alarm.since), core::json_string(alarm.spec.message), alarm.flapping);
}

}  // namespace

std::string text_of(const Message& message) {
  std::string text;
  for (const auto& change : message.changes) text += (text.empty() ? "" : "\n") + line_of(message, change);
  return text;
}

std::string json_of(const Message& message) {
  std::string alarms;
  for (const auto& change : message.changes) alarms += (alarms.empty() ? "" : ",") + alarm_json(change);
  return fmt::format(R"({{"device":{},"test":{},"again":{},"escalated":{},"text":{},"alarms":[{}]}})",
                     core::json_string(message.device), message.test, message.again, message.escalated,
                     core::json_string(text_of(message)), alarms);
}

namespace {

// The words of a text of one's own, each with what it stands for.
std::string filled(const Message& message, std::string_view text, const std::function<std::string(std::string)>& form) {
  const core::AlarmStatus& first = message.changes.front().alarm;
  const std::array<std::pair<std::string_view, std::string>, 8> fields{
      {{"{text}", text_of(message)},
       {"{device}", message.device},
       {"{rule}", first.spec.name},
       {"{state}", std::string(core::to_text(first.state))},
       {"{severity}", std::string(core::to_text(first.spec.severity))},
       {"{value}", value_of(first)},
       {"{labels}", labels_of(first)},
       {"{message}", first.spec.message}}};
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.starts_with("{json}")) {
      out += json_of(message);
      rest.remove_prefix(std::string_view("{json}").size());
      continue;
    }
    const auto* const field =
        std::find_if(fields.begin(), fields.end(), [rest](const auto& one) { return rest.starts_with(one.first); });
    if (field == fields.end()) {
      out += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    out += form(field->second);
    rest.remove_prefix(field->first.size());
  }
  return out;
}

}  // namespace

std::string subject_of(const Message& message, const std::string& subject) {
  if (!subject.empty()) return filled(message, subject, [](std::string value) { return value; });
  const core::AlarmStatus& first = message.changes.front().alarm;
  const std::string what = message.changes.size() == 1
                               ? fmt::format("{} {}", first.spec.name, verb_of(message, first.state))
                               : fmt::format("{} alarms", message.changes.size());
  return fmt::format("{}{}: {}", message.test ? "[test] " : "", message.device, what);
}

std::string topic_of(const Message& message, const std::string& topic) {
  return filled(message, topic, [](std::string value) {
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '/' || c == '+' || c == '#' || c == '\0'; }, '_');
    return value;
  });
}

std::string body_of(const Message& message, const core::NotifySpec& target) {
  if (target.body.empty()) return json_of(message);
  const bool json = target.content_type.find("json") != std::string::npos;
  return filled(message, target.body, [json](std::string value) {
    if (!json) return value;
    const std::string quoted = core::json_string(value);
    return quoted.substr(1, quoted.size() - 2);
  });
}

}  // namespace telltale::notify
