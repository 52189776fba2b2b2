// What was acknowledged lately. A server that says it has what it only holds in memory loses that when it is killed:
// when it goes away, this is owed again. Bounded: an entry for each second. A value.
#pragma once

#include <chrono>
#include <deque>

#include "daemon/core/clock.h"
#include "daemon/sinks/spans.h"

namespace telltale::sinks {

class Recent {
 public:
  // `length`: what was acknowledged longer ago is forgotten; 0: at once.
  explicit Recent(core::Duration length) : length_(length) {}

  void add(const Spans& spans, core::BootTime now) {
    if (length_ == core::Duration{}) return;
    forget(now);
    const core::BootTime second = std::chrono::floor<std::chrono::seconds>(now);
    if (seconds_.empty() || seconds_.back().second != second) seconds_.push_back({second, {}});
    seconds_.back().spans.add(spans);
  }
  [[nodiscard]] Spans all(core::BootTime now) {
    forget(now);
    Spans all;
    for (const Entry& entry : seconds_) all.add(entry.spans);
    return all;
  }
  void clear() { seconds_.clear(); }

 private:
  struct Entry {
    core::BootTime second;
    Spans spans;
  };
  void forget(core::BootTime now) {
    while (!seconds_.empty() && seconds_.front().second + std::chrono::seconds(1) + length_ < now) seconds_.pop_front();
  }

  core::Duration length_;
  std::deque<Entry> seconds_;
};

}  // namespace telltale::sinks
