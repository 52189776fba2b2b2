// Where readings come from: one ring per input instance. Provided by host, drained by the pipeline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <telltale/host.h>

#include "daemon/core/series.h"

namespace telltale::core {

// Receives what a ring holds, in order. The source has checked bounds and counts, and that every series number
// it passes was declared before in the same generation; values, times and qualities are the plugin's word and
// are still to be checked.
class SourceVisitor {
 public:
  SourceVisitor() = default;
  SourceVisitor(const SourceVisitor&) = delete;
  SourceVisitor& operator=(const SourceVisitor&) = delete;
  virtual ~SourceVisitor() = default;
  // A new generation of the plugin's process began: all numbers are forgotten.
  virtual void on_restart() = 0;
  virtual void on_series(std::uint32_t number, const SeriesDeclaration& declaration) = 0;
  virtual void on_readings(std::span<const telltale_reading> readings) = 0;
  virtual void on_text(const telltale_reading& reading, std::string_view text) = 0;
};

// The consuming end of a ring. Lives as long as its input is configured, across restarts of the plugin's
// process. All calls but counters() from the pipeline's thread.
class ReadingSource {
 public:
  struct Counters {
    std::uint64_t readings = 0;  // handed over
    std::uint64_t dropped = 0;   // the ring was full
    std::uint64_t corrupt = 0;   // records refused because the ring did not make sense
  };

  ReadingSource() = default;
  ReadingSource(const ReadingSource&) = delete;
  ReadingSource& operator=(const ReadingSource&) = delete;
  virtual ~ReadingSource() = default;

  [[nodiscard]] virtual const std::string& input_id() const = 0;
  // An eventfd that is readable when there may be something to drain.
  [[nodiscard]] virtual int wake_fd() const = 0;
  // Makes wake_fd unreadable, and hands over at most about max_readings; true when more is waiting. When false is
  // returned the next publish makes wake_fd readable.
  virtual bool drain(SourceVisitor& visitor, std::size_t max_readings) = 0;
  // Leaves wake_fd as it is, and the next publish wakes nobody: whoever calls this drains again before long.
  virtual bool drain_awake(SourceVisitor& visitor, std::size_t max_readings) = 0;
  // What was handed over is in the journal: its room may be used again.
  virtual void release() = 0;
  [[nodiscard]] virtual Counters counters() const = 0;  // any thread
  // Why some of its series are not taken; empty: all are.
  virtual void complain(const std::string& /*why*/) {}
};

// Who drains sources: the pipeline. Any thread.
class SourceConsumer {
 public:
  SourceConsumer() = default;
  SourceConsumer(const SourceConsumer&) = delete;
  SourceConsumer& operator=(const SourceConsumer&) = delete;
  virtual ~SourceConsumer() = default;
  virtual void attach(std::shared_ptr<ReadingSource> source) = 0;
  // Drains what is left, then lets go of the source.
  virtual void detach(std::shared_ptr<ReadingSource> source) = 0;
};

}  // namespace telltale::core
