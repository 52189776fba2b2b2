// When an alarm fired and was over, as a list. One thread.
#pragma once

#include <cstdint>
#include <deque>

#include "daemon/core/interfaces/rules.h"
#include "daemon/core/interfaces/trial.h"

namespace telltale::rules {

class Firings {
 public:
  // Keeps the newest of them; all are counted.
  explicit Firings(std::size_t most) : most_(most) {}
  // Every change of the alarms, as it comes.
  void add(const core::AlarmChange& change);
  [[nodiscard]] const std::deque<core::Firing>& list() const { return list_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::size_t most_;
  std::deque<core::Firing> list_;
  std::uint64_t count_ = 0;
};

}  // namespace telltale::rules
