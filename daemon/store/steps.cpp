#include "daemon/store/steps.h"

#include <array>

namespace telltale::store {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
// From a second on; below, 1-2-5.
constexpr std::array kLong = {kSecond,      2 * kSecond,  5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond,
                              kMinute,      2 * kMinute,  5 * kMinute,  10 * kMinute, 15 * kMinute, 30 * kMinute,
                              kHour,        2 * kHour,    3 * kHour,    6 * kHour,    12 * kHour,   kDay,
                              2 * kDay,     5 * kDay,     10 * kDay,    20 * kDay,    50 * kDay,    100 * kDay,
                              200 * kDay,   500 * kDay,   1000 * kDay,  2000 * kDay,  5000 * kDay,  10000 * kDay,
                              20000 * kDay, 50000 * kDay, 100000 * kDay};

bool fits(std::int64_t from, std::int64_t to, std::int64_t step, std::uint32_t points) {
  const auto first = static_cast<std::uint64_t>(bucket_of(from, step));
  const auto last = static_cast<std::uint64_t>(bucket_of(to - 1, step));
  return last - first < points;
}

}  // namespace

std::int64_t choose_step(std::int64_t from, std::int64_t to, std::uint32_t points) {
  for (std::int64_t decade = 1; decade < kSecond; decade *= 10) {
    for (const std::int64_t factor : {1, 2, 5}) {
      if (fits(from, to, decade * factor, points)) return decade * factor;
    }
  }
  for (const std::int64_t step : kLong) {
    if (fits(from, to, step, points)) return step;
  }
  return kLong.back();
}

}  // namespace telltale::store
