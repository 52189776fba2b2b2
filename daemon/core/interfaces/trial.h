// When a rule would have fired: the history, looked at before the rule is saved. Provided by app, asked by net.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/error.h"
#include "daemon/core/series.h"

namespace telltale::core {

struct RuleTrial {
  std::string rule;    // its name
  std::string config;  // YAML with that rule under `rules`: a whole configuration, or that section alone
  WallTime from{};
  WallTime to{};
  const std::atomic<bool>* cancel = nullptr;  // set from any thread: nobody waits any more
};

// Once that it fired.
struct Firing {
  Labels labels;
  WallTime fired{};
  std::optional<WallTime> over;  // nothing: it had not ended
  double value = 0;              // when it fired; NaN: none
};

struct TrialOutcome {
  Diagnostics diagnostics;  // with errors there is nothing else
  std::string report;       // the same for people
  WallTime from{};          // of what was looked at
  WallTime to{};            // earlier than asked for when it took too long
  bool complete = false;
  std::uint64_t readings = 0;
  std::uint64_t fired = 0;
  std::vector<Firing> firings;  // the newest of them, oldest first
};

class RuleTrier {
 public:
  RuleTrier() = default;
  RuleTrier(const RuleTrier&) = delete;
  RuleTrier& operator=(const RuleTrier&) = delete;
  virtual ~RuleTrier() = default;
  // Blocks on the disk, for some seconds at most. Any thread; one at a time, others get ErrorCode::kUnavailable.
  // kNotFound: there is no such rule in the configuration, or no series that it looks at.
  [[nodiscard]] virtual Result<TrialOutcome> run(const RuleTrial& trial) = 0;
};

}  // namespace telltale::core
