// The series of the store's benchmarks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/core/series.h"

namespace telltale::bench {

inline constexpr std::int64_t kStart = 1'700'000'000;  // seconds since the epoch: of the first reading
inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::uint32_t kPoints = 1'920;  // as wide as a screen

inline core::SeriesPtr series_of(std::uint32_t number) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id.value = number + 1;
  info->key_text = "bench.s" + std::to_string(number);
  info->input = "bench";
  info->declaration.key.name = info->key_text;
  return info;
}

}  // namespace telltale::bench
