// The sliding windows of one series: any statistic of any window, always current.
//
// The newest readings (at most about kMaxExact) stay in chunks of at most 64, each with its aggregate: adding one
// costs the same whatever the windows' lengths are, and a window merges whole chunks and at most two partial
// ones. Readings that are pushed out go into panes of 1/60 of each configured window that reaches further back:
// such a window advances by panes. A pane has a sketch for the quantiles; readings held one by one need none.
// A window is (now - length, now] unless `closed` says otherwise, as pandas' time-based rolling(). Two readings of one
// time are one, as in the store: the last that came stays.
// Nothing is ever subtracted. Owned and called by the pipeline's thread, or by whoever makes it before.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/core/aggregate.h"
#include "daemon/core/clock.h"
#include "daemon/core/counter.h"
#include "daemon/core/selector.h"
#include "daemon/core/sketch.h"

namespace telltale::pipeline {

class Windows {
 public:
  static constexpr std::size_t kMaxExact = 4096;

  // `lengths`: the configured windows, ascending; the longest bounds what is kept. Borrowed, outlives this.
  explicit Windows(const std::vector<core::Duration>& lengths, core::CounterRule rule = {})
      : lengths_(&lengths), rule_(rule) {}
  Windows(const Windows&) = delete;
  Windows& operator=(const Windows&) = delete;
  Windows(Windows&&) = default;
  Windows& operator=(Windows&&) = default;
  ~Windows() = default;

  // In any order; late ones go where they belong.
  void add(const core::Sample& sample);

  // The readings of the window. `length` need not be a configured one while its readings are exact; when they are
  // not, the panes of the next longer one serve.
  [[nodiscard]] core::Aggregate evaluate(core::Duration length, core::WallTime now,
                                         core::Closed closed = core::Closed::kRight) const;
  // Any statistic; NaN where it is not defined, and of a window that is longer than the longest configured.
  [[nodiscard]] double stat(core::WindowStat wanted, core::WallTime now,
                            core::Closed closed = core::Closed::kRight) const;

  // Whether that window is exact to the reading, or advances by panes.
  [[nodiscard]] bool exact(core::Duration length, core::WallTime now) const;
  // Whether the windows reach that far back.
  [[nodiscard]] bool covers(core::Duration length) const { return !lengths_->empty() && length <= lengths_->back(); }

  // Takes over what `history` has, made of the store: this had less. Readings of ours that it does not have stay.
  void adopt(Windows&& history);
  // Moves every reading of [from, to] by `shift`: the clock that gave their times was wrong.
  void shift(core::WallTime from, core::WallTime to, core::Duration by);

  // Readings held one by one.
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] core::WallTime exact_from() const { return exact_from_; }
  [[nodiscard]] const core::CounterRule& rule() const { return rule_; }

 private:
  static constexpr std::size_t kChunk = 64;
  static constexpr int kPanes = 60;

  struct Chunk {
    std::array<core::Sample, kChunk> samples;
    std::size_t size = 0;
    core::Aggregate all;
    // False: it took the place of a reading of the same time.
    bool insert(const core::Sample& sample, const core::CounterRule& rule);
    void aggregate(const core::CounterRule& rule);
  };
  struct Pane {
    std::int64_t index = 0;  // floor(time / pane length)
    core::Aggregate all;
    core::Sketch sketch;
  };
  struct Paned {
    core::Duration length{};
    core::Duration pane{};
    std::deque<Pane> panes;
    std::optional<core::Sample> before;  // the newest of the panes that left
  };
  // The readings with from < time <= upto.
  struct Span {
    core::WallTime from;
    core::WallTime upto;
  };
  [[nodiscard]] static Span span_of(core::Duration length, core::WallTime now, core::Closed closed);

  Chunk& chunk_for(core::WallTime time);
  void trim(core::WallTime newest);
  void to_panes(const core::Sample& sample, core::WallTime newest);
  void clear();
  [[nodiscard]] std::vector<core::Sample> samples() const;
  [[nodiscard]] const Paned* paned_for(core::Duration length) const;
  template <class Visit>
  void each_pane(core::Duration length, core::WallTime from, Visit&& visit) const;
  template <class Whole, class Single>
  void each_chunk(const Span& span, Whole&& whole, Single&& single) const;
  [[nodiscard]] core::Aggregate evaluate(core::Duration length, const Span& span) const;
  [[nodiscard]] double quantile(double q, core::Duration length, const Span& span) const;
  [[nodiscard]] std::optional<core::Sample> before(core::Duration length, const Span& span) const;

  const std::vector<core::Duration>* lengths_;
  core::CounterRule rule_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::vector<Paned> paned_;  // made when the first reading is pushed out
  std::size_t held_ = 0;
  core::WallTime exact_from_ = core::WallTime::min();  // every reading after it is held
  std::optional<core::Sample> pushed_out_;             // the newest that is not held any more
};

}  // namespace telltale::pipeline
