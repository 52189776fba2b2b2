// The way of a reading through the daemon, on a thread of its own: drains rings, answers requests.
//
// The thread sleeps in epoll until a ring or a request wakes it; it has one timer, a second, while somebody watches
// window statistics, and that of its sign of life. Sources take turns, a bounded number of readings each. The registry,
// the history and the clock outlive the pipeline; the live hub outlives its thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/pass.h"
#include "daemon/core/interfaces/reading_source.h"
#include "daemon/core/log.h"
#include "daemon/pipeline/registry.h"

namespace telltale::pipeline {

struct PipelineOptions {
  std::vector<core::Duration> windows;  // any order
  std::vector<core::SeriesPtr> known;   // what the store remembers
  std::vector<CounterSetting> counters = {};
  // The thread's sign of life: called by it between two passes, about every `pulse_every`, also when nothing arrives. A
  // pass that hangs ends it. Empty: none is given.
  std::function<void()> pulse = {};
  core::Duration pulse_every = {};
};

class Pipeline final : public core::PipelinePort, public core::SourceConsumer {
 public:
  [[nodiscard]] static core::Result<std::unique_ptr<Pipeline>> make(PipelineOptions options,
                                                                    core::HistoryWriter& history,
                                                                    const core::Clock& clock, core::Logger log);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() override;

  // Who works on readings as they pass: before start(), outlives the thread.
  void set_follower(core::PassFollower& follower);
  // Runs `task` on the pipeline's thread, in a pass of its own; never refused until stop(). Any thread.
  void run_pass(std::function<void(core::PassPort&)> task);
  // Starts the thread; every batch goes to `live` from then on.
  void start(core::LiveSink& live);
  // Makes the windows of every known series again from the history, in the background. Once, after start(); the reader
  // outlives the pipeline's threads.
  void restore_windows(core::HistoryReader& history);
  // Drains what every source still holds, answers what was asked, ends the thread. Requests after it are refused.
  void stop();

  [[nodiscard]] core::Catalog& catalog();

  void post(std::vector<core::PostedReading> readings, bool durable,
            std::function<void(core::Result<core::PostOutcome>)> done) override;
  void latest(std::vector<core::Selector> selectors,
              std::function<void(core::Result<std::vector<core::LatestRow>>)> done) override;
  core::Result<core::SeriesId> watch(core::SeriesId series, core::WindowStat window_stat) override;
  void unwatch(core::SeriesId watch) override;
  [[nodiscard]] core::PipelineStats stats() const override;

  void attach(std::shared_ptr<core::ReadingSource> source) override;
  void detach(std::shared_ptr<core::ReadingSource> source) override;

 private:
  struct Parts;
  explicit Pipeline(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace telltale::pipeline
