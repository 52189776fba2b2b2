// How much of the time this process wanted a processor: also the time it waited for one, so that a busy machine does
// not hide a busy loop.
#pragma once

#include <chrono>
#include <cstdint>

namespace telltale::validator {

class CpuTime {
 public:
  [[nodiscard]] static CpuTime now();
  // Of one processor, of all threads that run now, since then.
  [[nodiscard]] double share_since(const CpuTime& earlier) const;

 private:
  std::chrono::steady_clock::time_point at_;
  std::uint64_t wanted_ = 0;  // ns
};

}  // namespace telltale::validator
