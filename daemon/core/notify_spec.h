// Who is told of alarms, and how, as the configuration says it. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/rule_spec.h"

namespace telltale::core {

inline constexpr std::size_t kMaxNotifyTargets = 32;

struct EmailSpec {
  std::string url;  // smtp:// or smtps://
  std::string from;
  std::vector<std::string> to;
  std::string user;
  std::string password;
  std::string subject;  // with {rule}, …
  std::string ca;       // a file of certificates; empty: the system's
  bool starttls = true;
  friend bool operator==(const EmailSpec&, const EmailSpec&) = default;
};

struct MqttSpec {
  std::string url;    // mqtt:// or mqtts://
  std::string topic;  // with {rule}, …
  std::string user;
  std::string password;
  std::string ca;
  int qos = 1;
  bool retain = false;
  friend bool operator==(const MqttSpec&, const MqttSpec&) = default;
};

struct NotifySpec {
  std::string id;
  std::string url;  // of a webhook
  std::optional<EmailSpec> email;
  std::optional<MqttSpec> mqtt;
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

// `name@host`, ASCII, without anything that has a meaning in a head or in SMTP.
[[nodiscard]] bool is_mail_address(std::string_view text);

// The word for how it is told.
[[nodiscard]] inline std::string_view way_of(const NotifySpec& spec) {
  if (spec.email) return "email";
  if (spec.mqtt) return "mqtt";
  return spec.url.empty() ? "command" : "webhook";
}

}  // namespace telltale::core
