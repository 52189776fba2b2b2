// The runs of readings of one series that are uncertain, told in the order of time. Bounded: beyond kMost runs the ones
// that are nearest to each other are joined. A value; no thread of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/history.h"

namespace telltale::store {

class Doubts {
 public:
  static constexpr std::size_t kMost = 1'024;
  // What comes between is certain.
  void sure() { open_ = false; }
  // From the first uncertain reading's time to the last one's.
  void add(std::int64_t first, std::int64_t last) {
    if (!runs_.empty() && (open_ || near(runs_.back(), first))) {
      runs_.back().last = std::max(runs_.back().last, last);
    } else {
      runs_.push_back({first, last});
    }
    open_ = true;
    while (runs_.size() > kMost) join();
  }
  [[nodiscard]] std::vector<core::SeriesSpan> spans() const {
    std::vector<core::SeriesSpan> out;
    for (const Run& run : runs_) {
      out.push_back({core::WallTime(core::Duration(run.first)), core::WallTime(core::Duration(run.last))});
    }
    return out;
  }

 private:
  struct Run {
    std::int64_t first;
    std::int64_t last;
  };
  [[nodiscard]] bool near(const Run& before, std::int64_t time) const {
    return static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(before.last) <= reach_;
  }
  void join() {
    reach_ = reach_ == 0 ? 1'000'000 : reach_ > UINT64_MAX / 2 ? UINT64_MAX : reach_ * 2;
    std::vector<Run> joined;
    for (const Run& run : runs_) {
      if (!joined.empty() && near(joined.back(), run.first)) {
        joined.back().last = run.last;
      } else {
        joined.push_back(run);
      }
    }
    runs_ = std::move(joined);
  }

  std::vector<Run> runs_;
  std::uint64_t reach_ = 0;  // ns: runs that are no further from each other are one
  bool open_ = false;        // the newest run goes on
};

}  // namespace telltale::store
