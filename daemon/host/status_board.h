// The latest status of every input, written by the supervisor's thread and read by any.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/mutex.h"
#include "daemon/host/ring_source.h"

namespace telltale::host {

class StatusBoard {
 public:
  void add(const std::string& id, std::shared_ptr<const RingSource> source) {
    const core::MutexLock lock(mutex_);
    rows_[id].source = std::move(source);
  }
  void update(const core::InputStatus& status) {
    const core::MutexLock lock(mutex_);
    if (const auto row = rows_.find(status.id); row != rows_.end()) row->second.status = status;
  }
  void remove(const std::string& id) {
    const core::MutexLock lock(mutex_);
    rows_.erase(id);
  }
  // By id, with the counters of this moment.
  [[nodiscard]] std::vector<core::InputStatus> read() const {
    const core::MutexLock lock(mutex_);
    std::vector<core::InputStatus> all;
    for (const auto& [id, row] : rows_) {
      all.push_back(row.status);
      const auto counters = row.source->counters();
      all.back().readings = counters.readings;
      all.back().dropped = counters.dropped;
      all.back().corrupt = counters.corrupt;
      all.back().last_reading_at = row.source->last_reading_at();
      // It runs, and part of what it says is not taken.
      std::string complaint = row.source->complaint();
      if (complaint.empty() || all.back().state != core::InputState::kRunning) continue;
      all.back().state = core::InputState::kFailing;
      all.back().reason = std::move(complaint);
    }
    return all;
  }

 private:
  struct Row {
    std::shared_ptr<const RingSource> source;
    core::InputStatus status;
  };
  mutable core::Mutex mutex_;
  std::map<std::string, Row> rows_ TELLTALE_GUARDED_BY(mutex_);
};

}  // namespace telltale::host
