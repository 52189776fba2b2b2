// Makes the windows again from the history after a start, in the background: live readings do not wait for it.
//
// Reads the span of the longest window of all series at once, oldest first, in slices of bounded size, on a thread of
// its own that gives way to everybody; then hands the windows over to the pipeline's thread, some series at a time.
// Owned by the pipeline; start() and stop() from the thread that owns it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/log.h"
#include "daemon/pipeline/windows.h"

namespace telltale::pipeline {

class Engine;
class RequestQueue;

class WindowLoader {
 public:
  // The windows of some series, made of the history.
  using Part = std::vector<std::pair<core::SeriesId, Windows>>;
  static constexpr std::uint64_t kSlice = 262'144;  // readings read at once
  static constexpr std::size_t kPart = 32;          // series handed over at once

  WindowLoader(RequestQueue& requests, const std::vector<core::Duration>& lengths, const core::Clock& clock,
               core::Logger log)
      : requests_(requests), lengths_(lengths), clock_(clock), log_(std::move(log)) {}
  WindowLoader(const WindowLoader&) = delete;
  WindowLoader& operator=(const WindowLoader&) = delete;
  ~WindowLoader() { stop(); }

  // Of `series`, with the rule of each. Once. The reader outlives the loader's thread. False: there are none to make.
  bool start(core::HistoryReader& history, std::vector<core::SeriesPtr> series);
  // Gives up what is not loaded yet.
  void stop();

 private:
  void run(core::HistoryReader& history, const std::vector<core::SeriesPtr>& series);
  // False when it was stopped or failed.
  bool read(core::HistoryReader& history, core::HistoryQuery& query, core::WallTime end);
  void take(const core::HistoryResult& result);
  void hand_over();

  RequestQueue& requests_;
  const std::vector<core::Duration>& lengths_;
  const core::Clock& clock_;
  core::Logger log_;
  std::map<core::SeriesId, Windows> loaded_;  // the thread's
  std::uint64_t readings_ = 0;                // the thread's
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace telltale::pipeline
