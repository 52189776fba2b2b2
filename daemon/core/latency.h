// How long something took, counted in buckets: what /metrics shows as a histogram.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "daemon/core/clock.h"

namespace telltale::core {

// Upper bounds of the buckets, inclusive, and how Prometheus writes them; the last bucket has none.
struct LatencyBound {
  Duration at_most{};
  const char* seconds = "";
};
inline constexpr std::array<LatencyBound, 16> kLatencyBounds = {{
    {std::chrono::microseconds(100), "0.0001"},
    {std::chrono::microseconds(250), "0.00025"},
    {std::chrono::microseconds(500), "0.0005"},
    {std::chrono::milliseconds(1), "0.001"},
    {std::chrono::microseconds(2'500), "0.0025"},
    {std::chrono::milliseconds(5), "0.005"},
    {std::chrono::milliseconds(10), "0.01"},
    {std::chrono::milliseconds(25), "0.025"},
    {std::chrono::milliseconds(50), "0.05"},
    {std::chrono::milliseconds(100), "0.1"},
    {std::chrono::milliseconds(250), "0.25"},
    {std::chrono::milliseconds(500), "0.5"},
    {std::chrono::seconds(1), "1.0"},
    {std::chrono::milliseconds(2'500), "2.5"},
    {std::chrono::seconds(5), "5.0"},
    {std::chrono::seconds(10), "10.0"},
}};

[[nodiscard]] inline std::size_t latency_bucket(Duration took) {
  const auto* const found = std::find_if(kLatencyBounds.begin(), kLatencyBounds.end(),
                                         [&](const LatencyBound& bound) { return took <= bound.at_most; });
  return static_cast<std::size_t>(found - kLatencyBounds.begin());
}

// By a clock that was set something may take less than nothing, or years.
[[nodiscard]] inline Duration plausible(Duration took) {
  return std::clamp<Duration>(took, Duration::zero(), std::chrono::hours(1));
}

// Of one thread.
struct LatencyCounts {
  std::array<std::uint64_t, kLatencyBounds.size() + 1> buckets{};
  Duration sum{};

  void add(Duration took) {
    took = plausible(took);
    ++buckets.at(latency_bucket(took));
    sum += took;
  }
};

// Any thread; counts() may be a moment late.
class LatencyHistogram {
 public:
  void add(Duration took) {
    took = plausible(took);
    buckets_.at(latency_bucket(took)).fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(took.count(), std::memory_order_relaxed);
  }
  [[nodiscard]] LatencyCounts counts() const {
    LatencyCounts counts;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      counts.buckets.at(i) = buckets_.at(i).load(std::memory_order_relaxed);
    }
    counts.sum = Duration(sum_.load(std::memory_order_relaxed));
    return counts;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kLatencyBounds.size() + 1> buckets_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace telltale::core
