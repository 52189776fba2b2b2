// What the other side will never take. A batch that it refuses is halved until the readings at fault stand alone, and
// only these are given up. What is given up is counted, and told by series and reason. The sinks' thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/log.h"
#include "daemon/core/outgoing.h"

namespace telltale::sinks {

class Refusals {
 public:
  explicit Refusals(const core::Logger& log) : log_(log) {}

  // That batch was refused: what of it is to be tried next, in this order. Empty: it is given up.
  [[nodiscard]] std::vector<core::OutgoingBatchPtr> refused(const core::OutgoingBatchPtr& batch, std::string_view why,
                                                            core::WallTime now);
  void accepted(const core::OutgoingBatch& batch);
  void give_up(const core::OutgoingBatch& batch, std::string_view why, core::WallTime now);

  [[nodiscard]] std::uint64_t readings() const { return readings_; }
  [[nodiscard]] const std::vector<core::ParkedBatch>& last() const { return last_; }

 private:
  void note(const core::SeriesInfo& series, core::WallTime time, std::string_view why, core::WallTime now);

  const core::Logger& log_;
  std::unordered_set<core::SeriesId> suspects_;  // series of which something was refused, lately
  int in_a_row_ = 0;                             // refusals since something was accepted
  std::uint64_t told_ = 0;                       // series and reasons, to the log
  std::uint64_t readings_ = 0;
  std::vector<core::ParkedBatch> last_;
};

}  // namespace telltale::sinks
