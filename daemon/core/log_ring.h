// The last lines of the log, for whoever looks after the device from afar. Bounded in lines and bytes; texts are cut,
// and what looks like a password is left out. Shared between the log's sink and its readers; every call from any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/log.h"
#include "daemon/core/mutex.h"

namespace telltale::core {

struct LogLine {
  std::uint64_t number = 0;  // grows by one with each line of this run
  WallTime time{};
  LogLevel level = LogLevel::kInfo;
  std::string part;
  std::string text;
};

class LogRing {
 public:
  static constexpr std::size_t kMostLines = 1'000;
  static constexpr std::size_t kMostBytes = 256U << 10U;  // of parts and texts
  static constexpr std::size_t kMostOfALine = 1'024;

  struct Lines {
    std::vector<LogLine> lines;  // oldest first
    std::uint64_t next = 0;      // the number of the line to come
    std::uint64_t gone = 0;      // lines from the wanted number on that are not kept any more
  };

  void add(WallTime time, LogLevel level, std::string_view part, std::string_view text);
  // The newest `most` lines from the number `since` on that are at least as grave as `level`.
  [[nodiscard]] Lines lines(std::uint64_t since, LogLevel level, std::size_t most) const;

 private:
  mutable Mutex mutex_;
  std::deque<LogLine> kept_ TELLTALE_GUARDED_BY(mutex_);
  std::uint64_t next_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ TELLTALE_GUARDED_BY(mutex_) = 0;
};

// Writes to `sink`, and what that takes into the ring too.
[[nodiscard]] std::shared_ptr<LogSink> make_ring_sink(std::shared_ptr<LogSink> sink, std::shared_ptr<LogRing> ring,
                                                      const Clock& clock);

}  // namespace telltale::core
