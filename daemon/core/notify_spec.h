// Who is told of alarms, and how, as the configuration says it. Plain values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/rule_spec.h"

namespace telltale::core {

inline constexpr std::size_t kMaxNotifyTargets = 32;

struct NotifySpec {
  std::string id;
  std::string url;  // of a webhook; empty: it is a command
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // with {text}, {rule}, …; empty: JSON that says all
  std::string content_type = "application/json";
  std::vector<std::string> command;          // program and arguments
  Severity least = Severity::kInfo;          // of what is told
  Duration group = std::chrono::seconds(2);  // what comes within is told together
  Duration repeat{};                         // told again while it fires and nobody has seen it; 0: not
  bool resolved = true;                      // its end is told too
  int tries = 8;
  friend bool operator==(const NotifySpec&, const NotifySpec&) = default;
};

}  // namespace telltale::core
