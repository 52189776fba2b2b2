// What plausible sensors say, the same at every run: a few kinds of signal over simulated time. Pure.
#pragma once

#include <cmath>
#include <cstdint>

namespace telltale::bench {

// A value in [0, 1) that belongs to these numbers (SplitMix64's last steps).
inline double noise(std::uint64_t series, std::uint64_t step) {
  std::uint64_t bits = series * 0x9e37'79b9'7f4a'7c15ULL + step * 0xbf58'476d'1ce4'e5b9ULL;
  bits = (bits ^ (bits >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d0'49bb'1331'11ebULL;
  return static_cast<double>((bits ^ (bits >> 31U)) >> 11U) * 0x1p-53;
}

// The reading of a series at a second. In turn: a temperature with one decimal, a pressure with two and more noise, a
// counter, a switch, a voltage of a 12-bit converter.
inline double signal(std::uint32_t series, std::uint64_t second) {
  const double random = noise(series, second);
  const double slow = std::sin(static_cast<double>(second) / (600.0 + series));
  switch (series % 5) {
    case 0:
      return std::round((21.5 + 3 * slow + 0.2 * random) * 10) / 10;
    case 1:
      return std::round((6 + slow + random) * 100) / 100;
    case 2:
      return static_cast<double>(second * 3) + std::floor(static_cast<double>(second) / 7);
    case 3:
      return noise(series, second / 300) < 0.5 ? 0 : 1;
    default:
      return std::floor((0.5 + 0.4 * slow + 0.01 * random) * 4'096) * (3.3 / 4'096);
  }
}

}  // namespace telltale::bench
