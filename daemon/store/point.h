// A reading as the store handles it on its way to and from flash. A value; no thread of its own.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/core/ids.h"
#include "daemon/core/reading.h"

namespace telltale::store {

// How far a reading can be trusted, in one byte: its quality, and whether its time is the source's own, which no
// correction of our clock moves.
using Mark = std::uint8_t;
inline constexpr Mark kQualityBits = 3;
inline constexpr Mark kOwnTime = 4;
[[nodiscard]] constexpr Mark mark_of(core::Quality quality, bool own_time) {
  return static_cast<Mark>(static_cast<Mark>(quality) | (own_time ? kOwnTime : 0));
}
[[nodiscard]] constexpr core::Quality quality_of(Mark mark) { return static_cast<core::Quality>(mark & kQualityBits); }

struct Point {
  std::int64_t time = 0;  // nanoseconds since 1970-01-01 UTC
  double value = 0;
  core::SeriesId series{};
  Mark mark = 0;
  bool has_text = false;
  std::string text;  // of an event
};

}  // namespace telltale::store
