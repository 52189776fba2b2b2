// What the pipeline tells viewers, and what viewers ask of the pipeline.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/reading.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"

namespace telltale::core {

// The readings of one pass of the pipeline, in order, shared by everyone who looks. A reading's id may be a
// watch's.
using LiveBatch = std::shared_ptr<const ReadingBatch>;

// Takes batches from the pipeline's thread. Never blocks; what its bounded queue cannot take is counted and
// announced to viewers as a gap.
class LiveSink {
 public:
  LiveSink() = default;
  LiveSink(const LiveSink&) = delete;
  LiveSink& operator=(const LiveSink&) = delete;
  virtual ~LiveSink() = default;
  virtual void publish(LiveBatch batch) = 0;
  // Times of readings in [from, to] were corrected: what viewers were told of that span does not hold any more.
  virtual void rewritten(WallTime /*from*/, WallTime /*to*/) {}
  // In particular: those of [from, to] whose times were given here go to where they are that much later. The history
  // is not done with it yet.
  virtual void moved(WallTime /*from*/, WallTime /*to*/, Duration /*shift*/) {}
  // The clock is known: no time that is given from now on waits for it, and what was given before has been corrected.
  // Said once, before what is published under it.
  virtual void time_known() {}
};

// The registry, read from any thread.
class Catalog {
 public:
  Catalog() = default;
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;
  virtual ~Catalog() = default;
  // Grows with every change of the registry: lets a reader keep what it matched.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
  // In the order of their ids.
  [[nodiscard]] virtual std::vector<SeriesPtr> match(const Selector& selector) const = 0;
  [[nodiscard]] virtual SeriesPtr find(SeriesId id) const = 0;
};

// The newest of a series or of a window statistic.
struct LatestRow {
  SeriesPtr series;
  std::optional<WindowStat> window_stat;
  WallTime time{};
  double value = 0;  // NaN: absent
  Quality quality = Quality::kGood;
  std::string text;   // of an event
  bool exact = true;  // false: a window of so many readings that it advances in panes of 1/60 of its length
};

// A reading that somebody posts.
struct PostedReading {
  SeriesDeclaration series;
  std::optional<WallTime> time;  // none: now
  double value = 0;
  std::string text;  // of an event
};
struct PostOutcome {
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::string first_reason;  // why the first was rejected
};

// Counters of the pipeline, all since the start.
struct PipelineStats {
  std::uint64_t readings = 0;
  std::uint64_t rejected = 0;      // not finite, unknown, times outside the tolerance
  std::uint64_t late = 0;          // older than the newest of their series
  std::uint64_t journal_lost = 0;  // live, but not kept: the journal was full
  std::uint64_t requests_refused = 0;
  std::uint64_t requests_waiting = 0;  // now
  std::uint64_t requests_limit = 0;    // at most
  std::uint64_t series = 0;
  std::uint64_t watches = 0;
};

// Requests to the pipeline's thread, from any thread. A full request queue answers ErrorCode::kUnavailable at
// once. Answers come on the pipeline's thread and must not block: hop to your own.
class PipelinePort {
 public:
  PipelinePort() = default;
  PipelinePort(const PipelinePort&) = delete;
  PipelinePort& operator=(const PipelinePort&) = delete;
  virtual ~PipelinePort() = default;

  // With `durable` the answer comes once the readings are on disk.
  virtual void post(std::vector<PostedReading> readings, bool durable,
                    std::function<void(Result<PostOutcome>)> done) = 0;
  virtual void latest(std::vector<Selector> selectors, std::function<void(Result<std::vector<LatestRow>>)> done) = 0;
  // From now on batches carry the statistic under the answered id: at each change of its series, and when the
  // window slides (at most once a second). One id per distinct (series, statistic), counted: each watch needs
  // one unwatch. At most 4,096.
  virtual Result<SeriesId> watch(SeriesId series, WindowStat window_stat) = 0;
  virtual void unwatch(SeriesId watch) = 0;
  [[nodiscard]] virtual PipelineStats stats() const = 0;
};

}  // namespace telltale::core
