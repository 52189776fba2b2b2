// What the parts of the store show each other, besides the journal: one object, owned by Store, outlived by nobody.
// Any thread; numbers are counters that a reader may see a moment late.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/mutex.h"
#include "daemon/store/span_table.h"

namespace telltale::store {

struct SharedState {
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> samples{0};  // committed
  std::atomic<std::uint64_t> written_bytes{0};
  std::atomic<std::uint64_t> commits{0};
  core::LatencyHistogram commit_times;
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> damaged{0};    // blocks that a query could not read
  std::atomic<std::uint64_t> appended{0};   // readings since the start, behind what was replayed
  std::atomic<std::uint64_t> processed{0};  // of those, committed
  std::atomic<bool> disk_full{false};

  core::Mutex mutex;
  SpanTable spans TELLTALE_GUARDED_BY(mutex);  // journal included
  std::string error TELLTALE_GUARDED_BY(mutex);
  std::vector<core::TierStats> tiers TELLTALE_GUARDED_BY(mutex);
};

}  // namespace telltale::store
