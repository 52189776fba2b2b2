// What is to be told to one target, and when: what comes together is told together, what fails is tried again with
// growing pauses, what fires and nobody has seen is told again. Pure: the owner asks when something is due, brings the
// message, and says how it went. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "daemon/notify/message.h"

namespace telltale::notify {

class Outbox {
 public:
  static constexpr std::size_t kMostWaiting = 256;  // changes; beyond, the oldest is dropped and counted
  static constexpr std::size_t kMostFiring = 1024;  // alarms that are told again
  static constexpr core::Duration kFirstPause = std::chrono::seconds(1);
  static constexpr core::Duration kLongestPause = std::chrono::minutes(5);

  explicit Outbox(core::NotifySpec target) : target_(std::move(target)) {}
  [[nodiscard]] const core::NotifySpec& target() const { return target_; }

  // Every change of an alarm that it is told of.
  void take(const core::AlarmChange& change, core::BootTime now);
  // When there is something to do; nothing: never.
  [[nodiscard]] std::optional<core::BootTime> due() const;
  // What is to be told now; nothing when it is not due.
  [[nodiscard]] std::optional<Message> next(const std::string& device, core::BootTime now);
  // How it went with the message that next() gave.
  void sent();
  // True when it is given up.
  bool failed(core::BootTime now);
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  [[nodiscard]] bool wants(const core::AlarmChange& change) const;

  core::NotifySpec target_;
  std::deque<core::AlarmChange> waiting_;
  std::optional<core::BootTime> send_at_;  // the first of them
  std::optional<Message> under_way_;       // next() gave it, or it failed
  std::optional<core::BootTime> retry_at_;
  int tries_ = 0;
  struct Firing {
    core::AlarmChange change;
    core::BootTime again_at{};
  };
  std::map<std::string, Firing> firing_;  // by rule and labels
  std::uint64_t dropped_ = 0;
};

}  // namespace telltale::notify
