// What is said of alarms to whoever is told. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/interfaces/rules.h"
#include "daemon/core/notify_spec.h"

namespace telltale::notify {

// Alarms that are told of together.
struct Message {
  std::string device;
  std::vector<core::AlarmChange> changes;  // at least one
  bool test = false;
  bool again = false;      // nothing has changed: it still fires
  bool escalated = false;  // and nobody has acknowledged it: a step of its escalation
};

// `press-7: oil hot fires (critical): 81.5. Open the valve.`, a line for each alarm.
[[nodiscard]] std::string text_of(const Message& message);
// `{"device":…,"text":…,"alarms":[{"rule":…,"state":…}, …]}`
[[nodiscard]] std::string json_of(const Message& message);
// `press-7: oil hot fires`, or of several `press-7: 3 alarms`; or a text of one's own with the same words as a body.
[[nodiscard]] std::string subject_of(const Message& message, const std::string& subject);
// A text with the words of a body in it: `plant/{device}/alarms/{rule}`. What a value has of a topic's own characters
// is replaced.
[[nodiscard]] std::string topic_of(const Message& message, const std::string& topic);
// The body of a webhook: the JSON, or the target's own text with {text}, {device}, {rule}, {state}, {severity},
// {value}, {labels}, {message} and {json} replaced, the last seven of the first alarm; inside of JSON as it is escaped
// there.
[[nodiscard]] std::string body_of(const Message& message, const core::NotifySpec& target);

}  // namespace telltale::notify
