// Derived series and rules of the running daemon, as net sees them. Provided by app.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daemon/core/derived_spec.h"
#include "daemon/core/error.h"

namespace telltale::core {

// A derived series of the configuration, as it is now.
struct DerivedStatus {
  DerivedSpec spec;
  std::uint64_t series = 0;  // that it makes at the moment
  std::string problem;       // why it does not do all that it should; empty: it does
};

// Answers come once, on the pipeline's thread or here, and must not block: hop to your own. Any thread.
class RuleKeeper {
 public:
  RuleKeeper() = default;
  RuleKeeper(const RuleKeeper&) = delete;
  RuleKeeper& operator=(const RuleKeeper&) = delete;
  virtual ~RuleKeeper() = default;
  virtual void derived(std::function<void(std::vector<DerivedStatus>)> done) = 0;
};

}  // namespace telltale::core
