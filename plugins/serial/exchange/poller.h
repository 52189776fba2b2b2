// When to ask which device: one question at a time, absolute deadlines, and few questions for those that do not
// answer. Pure: time is an argument.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plugins/serial/settings.h"

namespace telltale::serial {

class Poller {
 public:
  // The rules must outlive it. `misses`: after so many a device counts as dead.
  Poller(std::span<const PollRule> rules, Time pause, unsigned misses);

  [[nodiscard]] bool is_used() const noexcept { return !rules_.empty(); }
  // The line was opened: all are due.
  void start(Time now);
  // The question to send now. Nothing while an answer is awaited, during the pause, and when none is due.
  [[nodiscard]] std::optional<std::size_t> due(Time now) const;
  void sent(std::size_t number, Time now);
  // The one whose answer is awaited.
  [[nodiscard]] std::optional<std::size_t> awaited() const noexcept { return awaited_; }
  // A good answer came.
  void answered(Time now);

  struct Miss {
    std::size_t number = 0;
    bool died = false;  // with this one it counts as dead
  };
  // The answer did not come in time.
  [[nodiscard]] std::optional<Miss> missed(Time now);
  // When there is something to do next; far away when nothing is to be asked at all.
  [[nodiscard]] Time deadline(Time now) const;

 private:
  // A dead device costs at most one part of so many of the line's time.
  static constexpr int kDeadShare = 50;

  struct State {
    Time due{};
    unsigned misses = 0;
  };

  std::span<const PollRule> rules_;
  Time pause_;
  unsigned most_misses_;
  std::vector<State> states_;
  std::optional<std::size_t> awaited_;
  Time asked_{};
  Time free_{};  // the line may be used from then on
};

}  // namespace telltale::serial
