// How a polled instance keeps its time: written by its own thread, in memory that the daemon looks at. Lock-free; one
// writer, any readers. What a reader finds is what another process wrote: numbers, and no more.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "daemon/core/clock.h"

namespace telltale::host {

// Counts durations in four buckets per octave, up to half an hour: a quantile is at most 25 % too large.
class DurationHistogram {
 public:
  static constexpr std::size_t kBuckets = 128;

  void add(core::Duration duration) {
    const std::int64_t ns = std::max<std::int64_t>(0, duration.count());
    auto& bucket = buckets_[bucket_of(ns)];
    bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (ns > most_.load(std::memory_order_relaxed)) most_.store(ns, std::memory_order_relaxed);
  }
  [[nodiscard]] core::Duration most() const { return core::Duration(most_.load(std::memory_order_relaxed)); }
  // The duration that the share `quantile` of all stayed within; 0 when there is none.
  [[nodiscard]] core::Duration quantile(double quantile) const {
    std::array<std::uint64_t, kBuckets> counts{};
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      counts[i] = buckets_[i].load(std::memory_order_relaxed) & kPlausible;
      total += counts[i];
    }
    auto left = static_cast<std::uint64_t>(static_cast<double>(total) * (1 - quantile));
    for (std::size_t i = kBuckets; i-- > 0;) {
      // The last bucket has no end.
      if (counts[i] > left) return i + 1 == kBuckets ? most() : std::min(core::Duration(end_of(i)), most());
      left -= counts[i];
    }
    return {};
  }

  // Below 4 units of 256 ns each has its own bucket; then four per octave.
  [[nodiscard]] static constexpr std::size_t bucket_of(std::int64_t ns) {
    const auto units = static_cast<std::uint64_t>(ns) >> kUnitBits;
    if (units < 4) return units;
    const auto octave = static_cast<std::size_t>(std::bit_width(units)) - 3;
    return static_cast<std::size_t>(std::min<std::uint64_t>(kBuckets - 1, 4 * octave + (units >> octave)));
  }
  // The first duration that is in no bucket up to this one.
  [[nodiscard]] static constexpr std::int64_t end_of(std::size_t bucket) {
    const std::size_t next = bucket + 1;
    if (next < 8) return static_cast<std::int64_t>(next) << kUnitBits;
    const std::size_t octave = next / 4 - 1;
    return static_cast<std::int64_t>(next % 4 + 4) << (octave + kUnitBits);
  }

 private:
  static constexpr unsigned kUnitBits = 8;
  static constexpr std::uint64_t kPlausible = (std::uint64_t{1} << 48U) - 1;  // the sum of all cannot overflow
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::int64_t> most_{0};
};

struct PollTiming {
  std::atomic<std::uint64_t> polls{0};
  std::atomic<std::uint64_t> skipped{0};  // deadlines that passed while a poll still ran
  DurationHistogram late;                 // from the deadline to the call
  DurationHistogram run;                  // of the call
};

}  // namespace telltale::host
