// Which window statistics somebody looks at: one id per distinct (series, statistic), counted.
// Any thread; the pipeline's thread takes the changes over with take_changes().
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/ids.h"
#include "daemon/core/mutex.h"
#include "daemon/core/selector.h"

namespace telltale::pipeline {

class WatchTable {
 public:
  static constexpr std::size_t kMaxWatches = 4096;

  struct Change {
    core::SeriesId series;
    core::WindowStat stat;
    core::SeriesId watch;
    bool added = false;
  };

  [[nodiscard]] core::Result<core::SeriesId> add(core::SeriesId series, core::WindowStat stat);
  void remove(core::SeriesId watch);
  [[nodiscard]] std::vector<Change> take_changes();
  [[nodiscard]] std::size_t size() const;

 private:
  using Key = std::tuple<core::SeriesId, core::Stat, core::Duration>;
  struct Entry {
    core::SeriesId id;
    std::uint32_t users = 0;
  };

  mutable core::Mutex mutex_;
  std::map<Key, Entry> entries_ TELLTALE_GUARDED_BY(mutex_);
  std::map<core::SeriesId, Key> by_id_ TELLTALE_GUARDED_BY(mutex_);
  std::vector<Change> changes_ TELLTALE_GUARDED_BY(mutex_);
  std::uint32_t next_ TELLTALE_GUARDED_BY(mutex_) = 0x8000'0000U;
};

}  // namespace telltale::pipeline
