#include "daemon/notify/outbox.h"

#include <algorithm>
#include <iterator>

namespace telltale::notify {

namespace {

using core::AlarmState;

std::string key_of(const core::AlarmStatus& alarm) { return core::SeriesKey{alarm.spec.name, alarm.labels}.text(); }

bool has(const std::vector<std::string>& names, const std::string& id) {
  return std::find(names.begin(), names.end(), id) != names.end();
}

// Whether nobody is to be told at the moment.
bool is_quiet(const core::AlarmStatus& alarm, core::WallTime now) {
  if (alarm.silenced && *alarm.silenced > now) return true;
  return !alarm.spec.quiet.empty() && core::covers_or_none(alarm.spec.quiet, alarm.spec.time_zone.to_local(now));
}

// Of a clock that may have been set meanwhile: what has passed of that length.
core::Duration passed_of(core::Duration length, core::WallTime since, core::WallTime now) {
  return std::clamp(now - since, core::Duration{}, length);
}

}  // namespace

bool Outbox::wants(const core::AlarmStatus& alarm) const {
  if (alarm.spec.severity < target_.least || alarm.spec.notify_nobody) return false;
  return alarm.spec.notify.empty() || has(alarm.spec.notify, target_.id);
}

bool Outbox::may_be_told_later(const core::AlarmStatus& alarm) const {
  const auto& steps = alarm.spec.escalate;
  return alarm.spec.severity >= target_.least &&
         std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return has(step.notify, target_.id); });
}

// By the last change of it that is still to be told.
bool Outbox::is_on_its_way(const std::string& key, bool fires) const {
  const auto same = [&](const core::AlarmChange& one) { return key_of(one.alarm) == key; };
  const auto is = [&](const core::AlarmChange& one) { return (one.alarm.state == AlarmState::kFiring) == fires; };
  const auto waiting = std::find_if(waiting_.rbegin(), waiting_.rend(), same);
  if (waiting != waiting_.rend()) return is(*waiting);
  if (!under_way_) return false;
  const auto& changes = under_way_->changes;
  const auto under_way = std::find_if(changes.rbegin(), changes.rend(), same);
  return under_way != changes.rend() && is(*under_way);
}

const Told* Outbox::told_of(const std::string& key, core::WallTime since) const {
  const auto found = told_.find(key);
  // Kept in ms.
  return found != told_.end() && core::to_ms(found->second.since) == core::to_ms(since) ? &found->second : nullptr;
}

void Outbox::remember(const std::string& key, const Told& told) {
  if (told_.size() >= kMostTold && !told_.contains(key)) {
    const auto earlier = [](const auto& a, const auto& b) { return a.second.since < b.second.since; };
    told_.erase(std::min_element(told_.begin(), told_.end(), earlier));
  }
  told_.insert_or_assign(key, told);
  changed_ = true;
}

void Outbox::forget(const std::string& key) { changed_ = told_.erase(key) > 0 || changed_; }

void Outbox::stop(const std::string& key) {
  firing_.erase(key);
  steps_.erase(key);
}

void Outbox::wait(const core::AlarmChange& change, Moment now) {
  if (waiting_.size() == kMostWaiting) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(change);
  if (!send_at_) send_at_ = now.boot + target_.group;
}

// Steps of its rule that are this target's, and were not told yet.
void Outbox::plan(const core::AlarmChange& change, const std::string& key, Moment now) {
  if (!may_be_told_later(change.alarm)) return;
  const Told* const told = told_of(key, change.alarm.since);
  for (const core::Escalation& step : change.alarm.spec.escalate) {
    if (!has(step.notify, target_.id) || (told != nullptr && step.after <= told->reached)) continue;
    if (steps_.size() == kMostFiring) return;
    const core::Duration passed =
        change.resumed ? passed_of(step.after, change.alarm.since, now.wall) : core::Duration{};
    steps_.emplace(key, Firing{change, now.boot + step.after - passed, step.after});
  }
}

void Outbox::fires(const core::AlarmChange& change, const std::string& key, Moment now) {
  stop(key);
  plan(change, key, now);
  if (!wants(change.alarm)) return;
  if (target_.repeat > core::Duration{} && firing_.size() < kMostFiring) {
    firing_[key] = {change, now.boot + target_.repeat};
  }
  wait(change, now);
}

void Outbox::resume(const core::AlarmChange& change, const std::string& key, Moment now) {
  stop(key);
  const Told* const told = told_of(key, change.alarm.since);
  if (told != nullptr && told->muted) return;
  const bool on_its_way = is_on_its_way(key, true);
  if (told == nullptr && !on_its_way && !change.tell) return remember(key, {change.alarm.since, {}, {}, true});
  plan(change, key, now);
  if (told == nullptr && !wants(change.alarm)) return;
  if (told == nullptr && !on_its_way) wait(change, now);  // it was never told: late is better than never
  if (target_.repeat <= core::Duration{} || firing_.size() >= kMostFiring) return;
  const core::Duration passed = told == nullptr ? core::Duration{} : passed_of(target_.repeat, told->last, now.wall);
  firing_[key] = {change, now.boot + target_.repeat - passed};
}

// Who was told that it fires hears the end.
void Outbox::ends(const core::AlarmChange& change, const std::string& key, Moment now) {
  if (is_on_its_way(key, false)) return;
  const auto known = told_.find(key);
  const bool muted = known != told_.end() && known->second.muted;
  const bool told = (known != told_.end() && !muted) || is_on_its_way(key, true);
  const bool asked = wants(change.alarm) && change.tell && !muted && !change.resumed;
  if (!(told || asked) || !target_.resolved || is_quiet(change.alarm, now.wall)) return forget(key);
  wait(change, now);
}

void Outbox::take(const core::AlarmChange& change, Moment now) {
  const core::AlarmStatus& alarm = change.alarm;
  const std::string key = key_of(alarm);
  if (!wants(alarm) && !may_be_told_later(alarm) && !told_.contains(key)) return;
  if (alarm.state != AlarmState::kFiring) {
    stop(key);
    if (alarm.state == AlarmState::kCleared || alarm.state == AlarmState::kInactive) ends(change, key, now);
    return;
  }
  if (change.resumed) return resume(change, key, now);
  if (change.tell) return fires(change, key, now);
  if (change.before != AlarmState::kFiring) {
    stop(key);
    return remember(key, {alarm.since, {}, {}, true});
  }
  // It is silenced, or no longer: what is still to be told knows.
  if (const auto firing = firing_.find(key); firing != firing_.end()) firing->second.change = change;
  const auto [first, last] = steps_.equal_range(key);
  for (auto step = first; step != last; ++step) step->second.change = change;
}

std::optional<core::BootTime> Outbox::due() const {
  if (retry_at_) return retry_at_;
  std::optional<core::BootTime> first = send_at_;
  const auto sooner = [&first](const Firing& one) { first = first ? std::min(*first, one.again_at) : one.again_at; };
  for (const auto& [key, firing] : firing_) sooner(firing);
  for (const auto& [key, step] : steps_) sooner(step);
  return first;
}

void Outbox::collect_steps(Message& message, Moment now) {
  for (auto at = steps_.begin(); at != steps_.end();) {
    Firing& step = at->second;
    if (step.again_at <= now.boot && is_quiet(step.change.alarm, now.wall)) step.again_at = now.boot + kAskAgain;
    if (step.again_at > now.boot) {
      ++at;
      continue;
    }
    message.again = message.escalated = true;
    const auto [reached, is_new] = steps_under_way_.try_emplace(at->first);
    reached->second = std::max(reached->second, step.step);
    if (is_new) message.changes.push_back(step.change);
    if (target_.repeat > core::Duration{} && firing_.size() < kMostFiring) {
      firing_.try_emplace(at->first, Firing{step.change, now.boot + target_.repeat, {}});
    }
    at = steps_.erase(at);
  }
}

void Outbox::collect_again(Message& message, Moment now) {
  message.again = true;
  for (auto& [key, firing] : firing_) {
    if (firing.again_at > now.boot) continue;
    const bool quiet = is_quiet(firing.change.alarm, now.wall);
    firing.again_at = now.boot + (quiet ? kAskAgain : target_.repeat);
    if (!quiet) message.changes.push_back(firing.change);
  }
}

std::optional<Message> Outbox::next(const std::string& device, Moment now) {
  const auto when = due();
  if (!when || *when > now.boot) return std::nullopt;
  if (retry_at_) {
    retry_at_.reset();
    return under_way_;
  }
  Message message;
  message.device = device;
  if (send_at_ && *send_at_ <= now.boot) {
    message.changes.assign(waiting_.begin(), waiting_.end());
    waiting_.clear();
    send_at_.reset();
  } else {
    collect_steps(message, now);
    if (!message.escalated) collect_again(message, now);  // else it comes with the next
    if (message.changes.empty()) return std::nullopt;
  }
  tries_ = 0;
  under_way_ = message;
  return message;
}

void Outbox::sent(core::WallTime now) {
  if (!under_way_) return;
  for (const core::AlarmChange& change : under_way_->changes) {
    const std::string key = key_of(change.alarm);
    if (change.alarm.state != AlarmState::kFiring) {
      forget(key);
      continue;
    }
    const Told* const before = told_of(key, change.alarm.since);
    const auto step = steps_under_way_.find(key);
    const core::Duration reached = std::max(before == nullptr ? core::Duration{} : before->reached,
                                            step == steps_under_way_.end() ? core::Duration{} : step->second);
    remember(key, {change.alarm.since, now, reached, false});
  }
  under_way_.reset();
  steps_under_way_.clear();
}

bool Outbox::failed(core::BootTime now) {
  if (!under_way_) return false;
  if (++tries_ >= target_.tries) {
    for (const core::AlarmChange& change : under_way_->changes) {
      if (change.alarm.state != AlarmState::kFiring) forget(key_of(change.alarm));
    }
    dropped_ += under_way_->changes.size();
    under_way_.reset();
    steps_under_way_.clear();
    return true;
  }
  core::Duration pause = kFirstPause;
  for (int i = 1; i < tries_ && pause < kLongestPause; ++i) pause *= 2;
  retry_at_ = now + std::min(pause, kLongestPause);
  return false;
}

}  // namespace telltale::notify
