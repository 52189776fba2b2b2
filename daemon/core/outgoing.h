// Readings on their way to a sink: what sink/1 of the ABI hands to a plugin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/reading.h"
#include "daemon/core/series.h"

namespace telltale::core {

struct OutgoingReading {
  std::uint32_t series = 0;  // index into the batch's series
  WallTime time{};
  double value = 0;  // NaN when the quality is bad, and of an event
  Quality quality = Quality::kGood;
  std::string text;  // of an event, or the name of a state's value; else empty
};

// A batch is constant once it is handed over: shared, never copied.
struct OutgoingBatch {
  std::vector<SeriesPtr> series;
  std::vector<OutgoingReading> readings;
  std::uint64_t cursor = 0;
  bool live = false;  // just measured; else from the history
};
using OutgoingBatchPtr = std::shared_ptr<const OutgoingBatch>;

// So that a batch always fits into one message to the plugin's process, escaped and all.
inline constexpr std::size_t kMaxOutgoingReadings = 2'000;
inline constexpr std::size_t kMaxOutgoingBytes = 600'000;

}  // namespace telltale::core
