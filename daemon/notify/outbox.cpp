#include "daemon/notify/outbox.h"

#include <algorithm>
#include <utility>

namespace telltale::notify {

namespace {

std::string key_of(const core::AlarmStatus& alarm) { return core::SeriesKey{alarm.spec.name, alarm.labels}.text(); }

}  // namespace

bool Outbox::wants(const core::AlarmChange& change) const {
  const core::AlarmStatus& alarm = change.alarm;
  if (alarm.spec.severity < target_.least || alarm.spec.notify_nobody) return false;
  const auto& names = alarm.spec.notify;
  return names.empty() || std::find(names.begin(), names.end(), target_.id) != names.end();
}

void Outbox::take(const core::AlarmChange& change, core::BootTime now) {
  if (!wants(change)) return;
  const std::string key = key_of(change.alarm);
  const bool fires = change.alarm.state == core::AlarmState::kFiring;
  const bool silent = change.alarm.silenced.has_value();
  if (!fires || silent) firing_.erase(key);
  if (!change.tell || (!fires && !target_.resolved)) return;
  if (fires && target_.repeat > core::Duration{} && firing_.size() < kMostFiring) {
    firing_[key] = {change, now + target_.repeat};
  }
  if (waiting_.size() == kMostWaiting) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(change);
  if (!send_at_) send_at_ = now + target_.group;
}

std::optional<core::BootTime> Outbox::due() const {
  if (retry_at_) return retry_at_;
  std::optional<core::BootTime> first = send_at_;
  for (const auto& [key, firing] : firing_) first = first ? std::min(*first, firing.again_at) : firing.again_at;
  return first;
}

std::optional<Message> Outbox::next(const std::string& device, core::BootTime now) {
  const auto when = due();
  if (!when || *when > now) return std::nullopt;
  if (retry_at_) {
    retry_at_.reset();
    return under_way_;
  }
  Message message;
  message.device = device;
  if (send_at_ && *send_at_ <= now) {
    message.changes.assign(waiting_.begin(), waiting_.end());
    waiting_.clear();
    send_at_.reset();
  } else {
    message.again = true;
    for (auto& [key, firing] : firing_) {
      if (firing.again_at > now) continue;
      firing.again_at = now + target_.repeat;
      message.changes.push_back(firing.change);
    }
  }
  tries_ = 0;
  under_way_ = message;
  return message;
}

void Outbox::sent() { under_way_.reset(); }

bool Outbox::failed(core::BootTime now) {
  if (!under_way_) return false;
  if (++tries_ >= target_.tries) {
    dropped_ += under_way_->changes.size();
    under_way_.reset();
    return true;
  }
  core::Duration pause = kFirstPause;
  for (int i = 1; i < tries_ && pause < kLongestPause; ++i) pause *= 2;
  retry_at_ = now + std::min(pause, kLongestPause);
  return false;
}

}  // namespace telltale::notify
