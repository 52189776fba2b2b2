// The work of the pipeline, without its thread: everything that happens to a reading between a ring or a request
// and the journal and the live hub.
//
// A pass collects readings into one batch: each is checked, stamped with wall time and taken into its series'
// state. finish_pass() puts the batch into the journal, adds the window statistics that somebody watches, hands
// it to the live hub, and lets sources reuse the room. Called by the pipeline's thread alone.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/pass.h"
#include "daemon/core/log.h"
#include "daemon/pipeline/registry.h"
#include "daemon/pipeline/series_state.h"
#include "daemon/pipeline/time_map.h"
#include "daemon/pipeline/watch_table.h"

namespace telltale::pipeline {

struct EngineOptions {
  std::vector<core::Duration> windows;  // ascending
  // A source time this far ahead of now is not believed: the reading is stamped now and marked uncertain.
  core::Duration future_tolerance = std::chrono::minutes(10);
};

// Counted by the pipeline's thread, read by others.
struct Counters {
  std::atomic<std::uint64_t> readings{0};
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> late{0};
  std::atomic<std::uint64_t> journal_lost{0};
};

class Engine {
 public:
  Engine(EngineOptions options, Registry& registry, WatchTable& watches, core::HistoryWriter& history,
         const core::Clock& clock, core::Logger log);

  void set_live(core::LiveSink* live) { live_ = live; }
  // Who works on readings as they pass; outlives this, or is taken away.
  void set_follower(core::PassFollower* follower) { follower_ = follower; }

  // Reads the clocks: before the first reading of a pass.
  void begin_pass();
  // Finds or makes the series and its state; nullptr past the registry's limit.
  // See PassPort::reserve. Grows `reservations`.
  void reserve(std::string_view input, std::set<std::string, std::less<>> names);
  [[nodiscard]] std::uint64_t reservations() const { return reservations_; }
  [[nodiscard]] bool may_have(std::string_view input, const core::SeriesKey& key) const {
    return registry_.may_have(input, key.name);
  }
  SeriesState* declare(std::string_view input, const core::SeriesDeclaration& declaration);
  // Where a reading's time comes from.
  struct Stamp {
    enum class Source : std::uint8_t { kNow, kBoot, kWall } source = Source::kNow;
    std::int64_t ns = 0;
  };
  // Takes a reading in; false when it is rejected: not finite, or not of that kind.
  bool take(SeriesState& state, Stamp stamp, double value, core::Quality quality, std::string_view text = {});
  // Ends the pass. Answers the journal position behind it.
  core::Result<std::uint64_t> finish_pass();
  [[nodiscard]] std::size_t pass_size() const { return batch_->size(); }

  core::PostOutcome post(const std::vector<core::PostedReading>& readings);
  [[nodiscard]] std::vector<core::LatestRow> latest(const std::vector<core::Selector>& selectors);
  // Takes over windows that were made of the history.
  void adopt(std::vector<std::pair<core::SeriesId, Windows>>&& windows);
  // Takes over new and gone watches, and tells those whose window slid without a reading.
  void slide_watches();
  // Whether somebody wants to be asked every second; asks.
  [[nodiscard]] bool has_seconds() const { return follower_ != nullptr && !follower_->idle(); }
  void each_second();
  // A pass of its own in which `task` finds and puts readings.
  void run_pass(const std::function<void(core::PassPort&)>& task);
  // False while the history's windows are on their way; any thread.
  void set_windows_ready(bool ready) { windows_ready_.store(ready, std::memory_order_release); }
  [[nodiscard]] bool windows_ready() const { return windows_ready_.load(std::memory_order_acquire); }
  // As of the last begin_pass().
  [[nodiscard]] core::BootTime boot_now() const { return time_.boot_now(); }
  [[nodiscard]] bool has_watches() const { return watch_count_ > 0; }
  [[nodiscard]] const std::vector<core::Duration>& window_lengths() const { return options_.windows; }
  [[nodiscard]] core::HistoryWriter& history() { return history_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const core::Logger& log() const { return log_; }

 private:
  SeriesState& state_of(const core::SeriesPtr& series);
  struct Stamped {
    core::WallTime time;
    bool measured = false;   // then, by what the source says; else it is when it came here
    bool by_source = false;  // of a clock that is not ours
  };
  // What followers see of this.
  class Port;
  void accept(SeriesState& state, const core::Reading& reading, std::string_view text, bool told);
  void tell_follower();
  void take_over(const TimeMap::Change& change);
  [[nodiscard]] Stamped wall_time(Stamp stamp, core::Quality& quality);
  bool name_state(SeriesState& state, std::string_view text, double& value);
  void tell_watches(SeriesState& state, core::WallTime now, bool sliding);
  [[nodiscard]] core::WallTime window_end(const SeriesState& state) const;
  void apply_watch_changes();
  [[nodiscard]] static core::LatestRow row_of(const SeriesState& state, core::BootTime now);

  EngineOptions options_;
  Registry& registry_;
  WatchTable& watches_;
  core::HistoryWriter& history_;
  core::LiveSink* live_ = nullptr;
  bool said_time_known_ = false;
  core::PassFollower* follower_ = nullptr;
  core::Logger log_;
  TimeMap time_;
  Counters counters_;
  std::vector<std::unique_ptr<SeriesState>> states_;  // by series id
  std::vector<SeriesState*> watched_;                 // those with watches
  std::vector<SeriesState*> touched_;                 // watched ones that this pass changed
  std::vector<core::Reading> followed_;               // of this pass
  std::size_t watch_count_ = 0;
  bool journal_full_ = false;
  std::uint64_t reservations_ = 0;  // changes of the reserved names
  std::atomic<bool> windows_ready_{true};
  std::shared_ptr<core::ReadingBatch> batch_;
};

}  // namespace telltale::pipeline
