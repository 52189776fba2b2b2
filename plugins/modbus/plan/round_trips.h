// Percentiles of the time that a unit takes to answer, in bounded memory: buckets that grow by 5 %.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace telltale::modbus {

class RoundTrips {
 public:
  void add(std::chrono::nanoseconds time) {
    ++buckets_[bucket_of(time)];
    if (++count_ >= kFade) fade();
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  // `share` 0 .. 1; 0 when nothing was added. At most 5 % too long.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const {
    auto left = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    if (count_ == 0) return {};
    left = std::max<std::uint64_t>(left, 1);
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (buckets_[i] >= left) return top_of(i);
      left -= buckets_[i];
    }
    return top_of(kBuckets - 1);
  }

 private:
  static constexpr std::size_t kBuckets = 300;
  static constexpr double kGrowth = 1.05;
  static constexpr double kSmallest = 20'000;        // ns; the last bucket begins at 43 s
  static constexpr std::uint64_t kFade = 1'000'000;  // then old ones count half, so that the figures follow

  static std::size_t bucket_of(std::chrono::nanoseconds time) {
    const auto ns = static_cast<double>(time.count());
    if (ns <= kSmallest) return 0;
    const double index = std::ceil(std::log(ns / kSmallest) / std::log(kGrowth));
    return std::min(static_cast<std::size_t>(index), kBuckets - 1);
  }
  static std::chrono::nanoseconds top_of(std::size_t bucket) {
    return std::chrono::nanoseconds(std::llround(kSmallest * std::pow(kGrowth, static_cast<double>(bucket))));
  }
  void fade() {
    count_ = 0;
    for (std::uint32_t& bucket : buckets_) count_ += bucket /= 2;
  }

  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace telltale::modbus
