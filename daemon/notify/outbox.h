// What is to be told to one target, and when: what comes together is told together, what fails is tried again with
// growing pauses, what fires and nobody has acknowledged is told again, and to more of them. Pure: the owner asks when
// something is due, brings the message, and says how it went. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "daemon/notify/message.h"
#include "daemon/notify/told.h"

namespace telltale::notify {

struct Moment {
  core::BootTime boot{};
  core::WallTime wall{};
};

class Outbox {
 public:
  static constexpr std::size_t kMostWaiting = 256;  // changes; beyond, the oldest is dropped and counted
  static constexpr std::size_t kMostFiring = 1024;  // alarms that are told again, and steps of escalations
  static constexpr core::Duration kFirstPause = std::chrono::seconds(1);
  static constexpr core::Duration kLongestPause = std::chrono::minutes(5);
  static constexpr core::Duration kAskAgain = std::chrono::minutes(1);  // whether it may be told by now

  // `told`: what a target of this id was told before.
  explicit Outbox(core::NotifySpec target, ToldAlarms told = {}) : target_(std::move(target)), told_(std::move(told)) {}
  [[nodiscard]] const core::NotifySpec& target() const { return target_; }

  // Every change of an alarm.
  void take(const core::AlarmChange& change, Moment now);
  // When there is something to do; nothing: never.
  [[nodiscard]] std::optional<core::BootTime> due() const;
  // What is to be told now; nothing when it is not due, or may not be told yet.
  [[nodiscard]] std::optional<Message> next(const std::string& device, Moment now);
  // How it went with the message that next() gave.
  void sent(core::WallTime now);
  // True when it is given up.
  bool failed(core::BootTime now);
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] std::uint64_t waiting() const {
    return waiting_.size() + (under_way_ ? under_way_->changes.size() : 0);
  }
  [[nodiscard]] const ToldAlarms& told() const { return told_; }
  // Whether told() is another one than at the last call.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct Firing {
    core::AlarmChange change;
    core::BootTime again_at{};
    core::Duration step{};  // of its escalation
  };
  [[nodiscard]] bool wants(const core::AlarmStatus& alarm) const;
  [[nodiscard]] bool may_be_told_later(const core::AlarmStatus& alarm) const;
  [[nodiscard]] bool is_on_its_way(const std::string& key, bool fires) const;
  // What was told of it since it fires; nullptr: nothing.
  [[nodiscard]] const Told* told_of(const std::string& key, core::WallTime since) const;
  void fires(const core::AlarmChange& change, const std::string& key, Moment now);
  // It fires since before the daemon, or its configuration, was there.
  void resume(const core::AlarmChange& change, const std::string& key, Moment now);
  void ends(const core::AlarmChange& change, const std::string& key, Moment now);
  void plan(const core::AlarmChange& change, const std::string& key, Moment now);
  void stop(const std::string& key);
  void wait(const core::AlarmChange& change, Moment now);
  void remember(const std::string& key, const Told& told);
  void forget(const std::string& key);
  void collect_steps(Message& message, Moment now);
  void collect_again(Message& message, Moment now);

  core::NotifySpec target_;
  std::deque<core::AlarmChange> waiting_;
  std::optional<core::BootTime> send_at_;  // the first of them
  std::optional<Message> under_way_;       // next() gave it, or it failed
  std::map<std::string, core::Duration> steps_under_way_;
  std::optional<core::BootTime> retry_at_;
  int tries_ = 0;
  std::map<std::string, Firing> firing_;      // by rule and labels
  std::multimap<std::string, Firing> steps_;  // likewise: each told once
  ToldAlarms told_;
  bool changed_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace telltale::notify
