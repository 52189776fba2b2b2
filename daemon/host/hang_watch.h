// Finds a word that should have moved and did not. What the instance writes is compared with what it wrote before,
// never read as a time: so nothing that it writes confuses us, and a suspended machine (the boot clock goes on, the
// processes do not) is no hang. Pure; owned by the supervisor's thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace telltale::host {

class HangWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // For how long the word has had this value.
  std::chrono::steady_clock::duration unchanged_for(std::int64_t value, Time now) {
    if (!seen_ || value != value_) since_ = now;
    seen_ = true;
    value_ = value;
    return now - since_;
  }
  void reset() { seen_ = false; }

 private:
  bool seen_ = false;
  std::int64_t value_ = 0;
  Time since_;
};

}  // namespace telltale::host
