// Reads a stretch of the journal into memory, for one transaction. Writer's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/series.h"
#include "daemon/store/journal.h"
#include "daemon/store/point.h"

namespace telltale::store {

struct Gathered {
  std::vector<Point> points;  // as they arrived
  std::map<std::uint32_t, core::SeriesInfo> series;
  std::uint64_t end = 0;                           // position behind the last record taken
  std::uint64_t damaged = 0;                       // bytes that could not be read and are given up
  std::optional<core::TimeCorrection> correction;  // then nothing else
};

// Whether a stretch ends before a correction of times, which is a stretch of its own.
enum class Corrections : std::uint8_t { kApart, kIgnored };

// Takes whole records until `to`, or until at least `most` readings or bytes are there.
[[nodiscard]] Gathered gather(const Journal& journal, std::uint64_t from, std::uint64_t to, std::size_t most,
                              std::uint64_t most_bytes = UINT64_MAX, Corrections corrections = Corrections::kIgnored);

// Sorts by series, then time; of several readings of one series and time the last that arrived stays. Returns how many
// went.
std::uint64_t sort_and_unite(std::vector<Point>& points);

}  // namespace telltale::store
