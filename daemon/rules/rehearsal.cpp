#include "daemon/rules/rehearsal.h"

#include <algorithm>
#include <span>
#include <utility>

namespace telltale::rules {

Rehearsal::Rehearsal(std::unique_ptr<Alarm> alarm, const std::vector<core::SeriesPtr>& inputs, UsualSource* usual)
    : alarm_(std::move(alarm)), port_(inputs, [](const core::SeriesInfo&, const core::Reading&) {}) {
  port_.want(alarm_->references(), inputs);
  network_ = std::make_unique<Network>(std::vector<Program*>{alarm_.get()}, core::BootTime{}, usual);
}

core::Result<std::unique_ptr<Rehearsal>> Rehearsal::make(core::RuleSpec rule,
                                                         const std::vector<core::SeriesPtr>& inputs,
                                                         Alarm::Report report, UsualSource* usual) {
  rule.parent.clear();  // it is tried by itself
  auto alarm = Alarm::make(std::move(rule), {}, std::move(report));
  if (!alarm) return alarm.error();
  return std::unique_ptr<Rehearsal>(new Rehearsal(std::move(*alarm), inputs, usual));
}

bool Rehearsal::may_go_on() {
  asked_ += static_cast<std::uint32_t>(alarm_->instances.size() + 1);
  if (asked_ >= kAskEvery && may_go_on_) {
    asked_ = 0;
    ended_ = ended_ || !may_go_on_();
  }
  return !ended_;
}

void Rehearsal::go_on(core::WallTime until) {
  if (!begun_) return;
  while (port_.wall_now() + kTick < until && may_go_on()) {
    port_.set_now(port_.wall_now() + kTick);
    alarm_->tick(*network_, port_);
  }
}

void Rehearsal::feed(const std::vector<core::Reading>& readings, bool lead) {
  for (std::size_t begin = 0; begin < readings.size() && may_go_on();) {
    const core::WallTime time = readings[begin].time;
    std::size_t end = begin;
    if (!lead) go_on(time);
    if (ended_) return;
    while (end < readings.size() && readings[end].time == time) port_.add(readings[end++]);
    if (!lead) {
      if (!std::exchange(begun_, true)) {
        network_->refresh(port_);
        network_->settle(port_);
      }
      network_->take(port_, std::span(readings).subspan(begin, end - begin));
    }
    begin = end;
  }
}

core::Duration Rehearsal::lead() const {
  core::Duration longest{};
  for (const core::SeriesReference& reference : references()) {
    if (reference.selector.window_stat()) longest = std::max(longest, reference.selector.window_stat()->window);
  }
  return longest;
}

}  // namespace telltale::rules
