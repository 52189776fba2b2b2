// The store, as its siblings see it: the pipeline appends, net queries, app starts and stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/latency.h"
#include "daemon/core/reading.h"
#include "daemon/core/resample.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"

namespace telltale::core {

// Times that were given by a clock that was wrong, and what is right.
struct TimeCorrection {
  WallTime from{};          // inclusive
  WallTime to{};            // inclusive
  Duration shift{};         // added to their times; may be zero
  std::uint64_t since = 0;  // journal position: only what was appended behind it; 0: since the machine booted
  bool certain = false;     // what was uncertain because of the clock is good now
};

// Written by the pipeline's thread alone. Never blocks on the disk.
class HistoryWriter {
 public:
  HistoryWriter() = default;
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  virtual ~HistoryWriter() = default;

  // A series exists, or its unit, kind or hint changed. Before its first reading.
  virtual void declare(const SeriesInfo& series) = 0;
  // Puts readings into the journal: they survive a crash of the daemon when this returns. The result is the
  // journal position behind them. ErrorCode::kLimit: the journal is full because the disk does not take
  // commits; nothing was kept, the caller counts the loss.
  virtual Result<std::uint64_t> append(const ReadingBatch& batch) = 0;
  // Moves the readings of all series whose times were given here (not Reading::by_source), of [from, to] and appended
  // behind `since`, by the shift: once, in journal and store, also when the daemon ends in between. Corrections of one
  // change come oldest first; a later one may find what an earlier one moved. Never blocks: queries see it soon.
  virtual Result<void> correct_times(const TimeCorrection& /*correction*/) {
    return make_error(ErrorCode::kUnavailable, "this history keeps times as they were given");
  }
  // Little room is left: whoever appends much should wait a little, so that it lasts for those who append little.
  [[nodiscard]] virtual bool tight() const = 0;
  // Calls back once everything before `position` is on disk (group commit, at most 50 ms while somebody
  // waits), or with the reason why it is not. From the writer's thread; `done` must not block.
  virtual void when_durable(std::uint64_t position, std::function<void(Result<void>)> done) = 0;
};

// A first and a last time: of a series in the store, of a run of readings.
struct SeriesSpan {
  WallTime first{};
  WallTime last{};
};

// What a query asks for.
struct HistoryQuery {
  // How points are made of readings.
  struct Mode {
    enum class Kind : std::uint8_t { kAuto, kRaw, kM4, kStat } kind = Kind::kAuto;
    Stat stat = Stat::kMean;  // of kStat
    // Of kAuto: these (1 to 99) behind the columns of buckets, as p5, p95; not of events.
    std::vector<std::uint8_t> percentiles = {};
  };
  std::vector<SeriesPtr> series;  // chosen by the caller, who owns the registry
  WallTime from{};                // inclusive
  WallTime to{};                  // exclusive
  std::uint32_t points = 0;       // wanted per series: buckets are aligned to a step that gives at most this many
  Mode mode;
  std::optional<BucketRule> buckets;    // of kStat: these instead of steps that give `points`
  std::uint64_t max_readings = 0;       // read at most this many: beyond, ErrorCode::kLimit
  std::atomic<bool>* cancel = nullptr;  // set from any thread: ErrorCode::kTimeout
};

// Columns of one series. `times` is the first column, "t"; the columns of `names` follow, each as long.
// raw and m4: {"value"}; auto: {"value"} or {"mean","min","max","count"}; a statistic: its name.
// Events have `texts` instead of the column "value".
struct HistorySeries {
  SeriesPtr series;
  std::vector<std::string> names;
  std::vector<WallTime> times;
  std::vector<std::vector<double>> values;  // NaN: absent
  std::vector<std::string> texts;           // of an event
  // Runs of readings of quality kUncertain, from the first one's time to the last one's. Of buckets of tiers that hold
  // such: all of the bucket. Very many are joined to fewer. Not of windows.
  std::vector<SeriesSpan> uncertain = {};
};
struct HistoryResult {
  WallTime from{};
  WallTime to{};
  Duration step{};            // 0: readings themselves
  std::uint64_t damaged = 0;  // blocks, or runs of them, that could not be read: their readings are missing
  std::vector<HistorySeries> series;
  // Of readings up to there not all are left: the oldest went, for their age or for want of room.
  std::optional<WallTime> gone = std::nullopt;
};

// A level of buckets that the history keeps in place of readings.
struct TierStats {
  Duration step{};          // the buckets' length
  std::uint64_t bytes = 0;  // of their rows
  WallTime first{};         // the first bucket's begin
  WallTime last{};          // the last one's end
};

struct HistoryStats {
  std::uint64_t bytes = 0;             // of everything in the state directory
  std::uint64_t budget = 0;            // the cap; 0: none
  std::uint64_t samples = 0;           // readings kept
  std::uint64_t written_bytes = 0;     // handed to the disk since the start
  std::uint64_t commits = 0;           // since the start
  LatencyCounts commit_times;          // of those: until they were on the disk
  std::uint64_t journal_bytes = 0;     // waiting for the next commit
  std::uint64_t journal_capacity = 0;  // bytes
  std::uint64_t duplicates = 0;        // same series and time: the last one won
  std::uint64_t damaged = 0;           // blocks that queries since the start could not read
  std::optional<WallTime> oldest;
  std::vector<TierStats> tiers;  // finest first
  bool disk_full = false;        // the oldest readings give way to new ones, whatever the budget
  std::string error;             // why commits fail at the moment; empty when they do not
};

// The history as it is at one moment, piece by piece, for a backup. One thread at a time; blocks on the disk.
class HistoryCopy {
 public:
  HistoryCopy() = default;
  HistoryCopy(const HistoryCopy&) = delete;
  HistoryCopy& operator=(const HistoryCopy&) = delete;
  virtual ~HistoryCopy() = default;
  // The next piece of at most a few 100 KiB; empty behind the last. docs/format.md ("Copies") has the bytes.
  [[nodiscard]] virtual Result<std::string> next() = 0;
};

// Read from any thread; blocks on the disk, so never called on the net or pipeline thread.
class HistoryReader {
 public:
  HistoryReader() = default;
  HistoryReader(const HistoryReader&) = delete;
  HistoryReader& operator=(const HistoryReader&) = delete;
  virtual ~HistoryReader() = default;
  // Everything up to the latest append is seen, committed or not.
  [[nodiscard]] virtual Result<HistoryResult> query(const HistoryQuery& query) = 0;
  [[nodiscard]] virtual std::optional<SeriesSpan> span(SeriesId series) = 0;
  [[nodiscard]] virtual HistoryStats stats() = 0;
  // Whether queries see the times that correct_times() was given before this call. Does not block.
  [[nodiscard]] virtual bool corrected() { return true; }
  // A copy of everything that was appended before the call. It must not be kept for long: while it is there, the
  // database cannot take back what it writes meanwhile.
  [[nodiscard]] virtual Result<std::unique_ptr<HistoryCopy>> copy() {
    return make_error(ErrorCode::kUnavailable, "this history cannot be copied");
  }
};

}  // namespace telltale::core
