#include "daemon/store/merge.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace telltale::store {

// Stable: within one source, readings stay as they arrived.
void SeriesMerge::settle(std::int64_t time) {
  const auto earlier = [](const Entry& a, const Entry& b) {
    return std::tie(a.time, a.arrival) < std::tie(b.time, b.arrival);
  };
  if (!std::is_sorted(pending_.begin(), pending_.end(), earlier)) {
    std::stable_sort(pending_.begin(), pending_.end(), earlier);
  }
  const auto end =
      std::partition_point(pending_.begin(), pending_.end(), [time](const Entry& entry) { return entry.time < time; });
  emit(static_cast<std::size_t>(end - pending_.begin()));
  pending_.erase(pending_.begin(), end);
}

void SeriesMerge::emit(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Entry& entry = pending_[i];
    if (i + 1 < count && pending_[i + 1].time == entry.time) continue;
    sink_->add(entry.time, entry.value, entry.text);
  }
}

bool SeriesMerge::finish(core::HistorySeries& out) {
  settle(INT64_MAX);
  emit(pending_.size());  // the very last moment of time, which nothing is before
  pending_.clear();
  return sink_->finish(out);
}

}  // namespace telltale::store
