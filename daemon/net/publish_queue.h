// Between the pipeline's thread and the net thread: batches, bounded by their readings. What does not fit is dropped,
// counted, and its span of time kept to be announced. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "daemon/core/interfaces/live.h"
#include "daemon/core/mutex.h"
#include "daemon/net/frame_ring.h"

namespace telltale::net {

class PublishQueue {
 public:
  explicit PublishQueue(std::size_t max_readings) : max_readings_(max_readings) {}

  // True when the taker sleeps and has to be woken.
  [[nodiscard]] bool put(core::LiveBatch batch) TELLTALE_EXCLUDES(mutex_);

  // What was told of that span does not hold any more: announced as if it was dropped. True as above.
  [[nodiscard]] bool lose(GapSpan span) TELLTALE_EXCLUDES(mutex_);

  struct Taken {
    core::LiveBatch batch;        // none: empty, and the taker sleeps until it is woken
    std::optional<GapSpan> lost;  // dropped, or lost, since the last time
  };
  [[nodiscard]] Taken take() TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] std::uint64_t dropped() const TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] std::size_t waiting() const TELLTALE_EXCLUDES(mutex_);  // readings

 private:
  const std::size_t max_readings_;
  mutable core::Mutex mutex_;
  std::deque<core::LiveBatch> batches_ TELLTALE_GUARDED_BY(mutex_);
  std::size_t readings_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::optional<GapSpan> lost_ TELLTALE_GUARDED_BY(mutex_);
  bool awake_ TELLTALE_GUARDED_BY(mutex_) = false;
};

}  // namespace telltale::net
