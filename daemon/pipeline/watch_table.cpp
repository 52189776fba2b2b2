#include "daemon/pipeline/watch_table.h"

#include <fmt/format.h>

namespace telltale::pipeline {

core::Result<core::SeriesId> WatchTable::add(core::SeriesId series, core::WindowStat stat) {
  const core::MutexLock lock(mutex_);
  const Key key{series, stat.stat, stat.window};
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    ++found->second.users;
    return found->second.id;
  }
  if (entries_.size() >= kMaxWatches) {
    return core::make_error(
        core::ErrorCode::kLimit,
        fmt::format("{} window statistics are looked at already, the most there may be", kMaxWatches));
  }
  // Ids are not used twice while they last; after two thousand million they start again at those that are free.
  do {
    next_ = next_ == 0xffff'ffffU ? 0x8000'0000U : next_ + 1;
  } while (by_id_.count(core::SeriesId{next_}) != 0);
  const core::SeriesId id{next_};
  entries_.emplace(key, Entry{id, 1});
  by_id_.emplace(id, key);
  changes_.push_back({series, stat, id, true});
  return id;
}

void WatchTable::remove(core::SeriesId watch) {
  const core::MutexLock lock(mutex_);
  const auto key = by_id_.find(watch);
  if (key == by_id_.end()) return;
  const auto entry = entries_.find(key->second);
  if (--entry->second.users > 0) return;
  const auto& [series, stat, window] = key->second;
  changes_.push_back({series, {stat, window}, watch, false});
  entries_.erase(entry);
  by_id_.erase(key);
}

std::vector<WatchTable::Change> WatchTable::take_changes() {
  const core::MutexLock lock(mutex_);
  return std::exchange(changes_, {});
}

std::size_t WatchTable::size() const {
  const core::MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace telltale::pipeline
