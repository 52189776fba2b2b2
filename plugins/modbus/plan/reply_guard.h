// Which replies of one unit may still be under way, so that none is taken for another's: pure, one thread.
//
// RTU frames carry no transaction id. A reply tells only its unit, its function and its length (its *look*), so a late
// or doubled reply passes as that of any later request with the same look. The guard keeps the looks that may still
// arrive; the bus sends no request whose reply would look like one of them: it reads a register more, or asks for
// something else first. What then arrives with an old look is known for what it is.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugins/modbus/codec/pdu.h"

namespace telltale::modbus {

class ReplyGuard {
 public:
  using Nanoseconds = std::chrono::nanoseconds;
  // A reply that was given up may come for this long, however many others came meanwhile (a gateway that sends what it
  // has when it has it) …
  static constexpr Nanoseconds kLateAtLeast = std::chrono::seconds(2);
  // … and for this long when nothing else came from the unit, which answers in order.
  static constexpr Nanoseconds kLateAtMost = std::chrono::seconds(60);
  // A reply that was taken may come once more for this long: a line that repeats does so at once, and what came while
  // nothing was asked is thrown away before the next request.
  static constexpr Nanoseconds kTwice = std::chrono::seconds(1);

  // The reply to a request that was sent at `sent` did not come, or came broken.
  void gave_up(Look look, Nanoseconds sent, Nanoseconds now) {
    forget_old(now);
    const auto wait = std::max<Nanoseconds>(kLateAtLeast, 4 * (now - sent));
    if (late_.size() < kMaxLate) {
      late_.push_back({look, now + wait, now + std::max(wait, kLateAtMost)});
    } else {  // more than that and nothing is sent: a unit that fails so often rests anyway
      late_.back() = {look, now + wait, now + std::max(wait, kLateAtMost)};
    }
  }
  // A reply with that look, the one that was asked for, came. What was given up before it, longer than kLateAtLeast
  // ago, cannot come any more.
  void came(Look look, Nanoseconds now) {
    std::erase_if(late_, [now](const Late& late) { return late.surely <= now; });
    std::rotate(twice_.begin(), twice_.end() - 1, twice_.end());
    twice_[0] = {look, now + kTwice};
  }

  // Whether a reply of that look could be another's.
  [[nodiscard]] bool may_be_late(Look look, Nanoseconds now) const {
    return std::any_of(late_.begin(), late_.end(),
                       [&](const Late& late) { return late.look == look && late.at_most > now; });
  }
  // As the last reply's second copy; on a line that has shown that it repeats (`repeats`), as one of the last three.
  [[nodiscard]] bool may_come_twice(Look look, Nanoseconds now, bool repeats) const {
    return std::any_of(twice_.begin(), repeats ? twice_.end() : twice_.begin() + 1,
                       [&](const Twice& twice) { return twice.look == look && twice.until > now; });
  }

  // When a request of another look clears what was given up with this one; `now` or before: at once.
  [[nodiscard]] Nanoseconds cleared_from(Look look) const {
    Nanoseconds from{};
    for (const Late& late : late_) {
      if (late.look == look) from = std::max(from, late.surely);
    }
    return from;
  }

 private:
  struct Late {
    Look look;
    Nanoseconds surely;   // until then, whatever else comes
    Nanoseconds at_most;  // until then, when nothing else comes
  };
  struct Twice {
    Look look = 0;
    Nanoseconds until{};
  };
  static constexpr std::size_t kMaxLate = 16;

  void forget_old(Nanoseconds now) {
    std::erase_if(late_, [now](const Late& late) { return late.at_most <= now; });
  }

  std::vector<Late> late_;
  std::array<Twice, 3> twice_{};  // the newest first
};

}  // namespace telltale::modbus
