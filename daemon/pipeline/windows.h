// The sliding windows of one series: any statistic of any window, always current.
//
// The newest readings (at most kMaxExact) stay in chunks of at most 64, each with its aggregate: adding one
// costs the same whatever the windows' lengths are, and a window merges whole chunks and at most two partial
// ones. Readings that are pushed out go into panes of 1/60 of each configured window that reaches further back:
// such a window advances by panes. A window is (now - length, now], as pandas' time-based rolling(closed="right").
// Owned and called by the pipeline's thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/pipeline/aggregate.h"

namespace telltale::pipeline {

class Windows {
 public:
  static constexpr std::size_t kMaxExact = 4096;

  // `lengths`: the configured windows; the longest bounds what is kept. Borrowed, outlives this.
  explicit Windows(const std::vector<core::Duration>& lengths) : lengths_(&lengths) {}

  // In any order; late ones go where they belong.
  void add(const Sample& sample);

  // The readings in (now - length, now]. `length` need not be a configured one while its readings are exact.
  [[nodiscard]] Aggregate evaluate(core::Duration length, core::WallTime now) const;

  // Whether that window is exact to the reading, or advances by panes.
  [[nodiscard]] bool exact(core::Duration length, core::WallTime now) const;

  // Readings held one by one.
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  static constexpr std::size_t kChunk = 64;
  static constexpr int kPanes = 60;

  struct Chunk {
    std::array<Sample, kChunk> samples;
    std::size_t size = 0;
    Aggregate all;
    void insert(const Sample& sample);
    void aggregate();
  };
  struct Pane {
    std::int64_t index = 0;  // floor(time / pane length)
    Aggregate all;
  };
  struct Paned {
    core::Duration length{};
    core::Duration pane{};
    std::deque<Pane> panes;
  };

  Chunk& chunk_for(core::WallTime time);
  void trim(core::WallTime newest);
  void to_panes(const Sample& sample, core::WallTime newest);

  const std::vector<core::Duration>* lengths_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::vector<Paned> paned_;  // made when the first reading is pushed out
  std::size_t held_ = 0;
  core::WallTime exact_from_ = core::WallTime::min();  // every reading after it is held
};

}  // namespace telltale::pipeline
