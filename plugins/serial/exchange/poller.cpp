#include "plugins/serial/exchange/poller.h"

#include <algorithm>

namespace telltale::serial {

Poller::Poller(std::span<const PollRule> rules, Time pause, unsigned misses)
    : rules_(rules), pause_(pause), most_misses_(misses), states_(rules.size()) {}

void Poller::start(Time now) {
  awaited_.reset();
  free_ = now;
  for (State& state : states_) state.due = now;
}

std::optional<std::size_t> Poller::due(Time now) const {
  if (awaited_ || now < free_ || states_.empty()) return std::nullopt;
  const auto first = std::min_element(states_.begin(), states_.end(),
                                      [](const State& a, const State& b) { return a.due < b.due; });
  if (first->due > now) return std::nullopt;
  return static_cast<std::size_t>(first - states_.begin());
}

void Poller::sent(std::size_t number, Time now) {
  awaited_ = number;
  asked_ = now;
  State& state = states_[number];
  const Time every = rules_[number].every;
  state.due += every;
  if (state.due < now) state.due += ((now - state.due - Time(1)) / every + 1) * every;  // what was missed is not made up for
}

void Poller::answered(Time now) {
  if (!awaited_) return;
  states_[*awaited_].misses = 0;
  awaited_.reset();
  free_ = now + pause_;
}

std::optional<Poller::Miss> Poller::missed(Time now) {
  if (!awaited_ || now < asked_ + rules_[*awaited_].timeout) return std::nullopt;
  const Miss miss{*awaited_, ++states_[*awaited_].misses == most_misses_};
  State& state = states_[*awaited_];
  if (state.misses >= most_misses_) state.due = std::max(state.due, now + rules_[*awaited_].timeout * kDeadShare);
  awaited_.reset();
  free_ = now + pause_;
  return miss;
}

Time Poller::deadline(Time now) const {
  if (awaited_) return asked_ + rules_[*awaited_].timeout;
  Time next = now + std::chrono::hours(1);
  for (const State& state : states_) next = std::min(next, state.due);
  return std::max(next, free_);
}

}  // namespace telltale::serial
