// All series of a plan, advanced together. Pure: time comes from the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "plugins/simulator/plan.h"
#include "plugins/simulator/random.h"
#include "plugins/simulator/wave.h"

namespace telltale::simulator {

// One reading, `time` after the start.
struct Output {
  std::size_t series = 0;  // index: wave * copies + copy
  std::chrono::nanoseconds time{};
  double value = 0;
  bool bad = false;
  std::optional<std::string_view> text = {};  // of an event
};

// Owned by one thread. Borrows the plan.
class Generator {
 public:
  explicit Generator(const Plan& plan);

  // Calls emit(Output) for each reading that is due up to and with `until`, in order of time for each series.
  template <class Emit>
  void advance(std::chrono::nanoseconds until, Emit&& emit) {
    for (Group& group : groups_) {
      for (; group.due <= until; group.due += group.every) {
        if (in_gap(group.due)) continue;
        for (Member& member : group.members) {
          if (const auto output = read(member, group.due)) emit(*output);
        }
      }
    }
  }
  // When the next reading is due.
  [[nodiscard]] std::chrono::nanoseconds next_due() const;

 private:
  struct Member {
    std::size_t series = 0;
    Wave wave;
    Random faults{0};
  };
  // Series of the same `every` tick together: what is read together has one time.
  struct Group {
    std::chrono::nanoseconds every;
    std::chrono::nanoseconds due{};
    std::vector<Member> members;
  };
  [[nodiscard]] bool in_gap(std::chrono::nanoseconds time) const;
  [[nodiscard]] std::optional<Output> read(Member& member, std::chrono::nanoseconds time) const;

  const Plan& plan_;
  std::vector<Group> groups_;
};

}  // namespace telltale::simulator
