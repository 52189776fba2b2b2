// A sliding window over readings that come in the order of time, exact to the reading: pandas' time-based
// rolling(length, closed=…, min_periods=…). For history, where every reading passes by once.
//
// Two stacks (as of a queue with aggregates): what leaves is never subtracted, and a reading costs the same whatever
// the length is. Quantiles come from a sketch, whose whole numbers can be taken back. Memory goes with the readings of
// one window. One owner; no thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "daemon/core/aggregate.h"
#include "daemon/core/selector.h"
#include "daemon/core/sketch.h"

namespace telltale::core {

class Rolling {
 public:
  struct Options {
    WindowStat stat;
    Closed closed = Closed::kRight;
    std::uint64_t min_periods = 0;  // of fewer readings the statistic is NaN
    CounterRule counter;
  };
  explicit Rolling(const Options& options) : options_(options) {}

  // Later than those before.
  void add(const Sample& sample) { samples_.push_back(sample); }
  // The statistic of the window that ends at `now`. Never earlier than before; whatever is not later than `now` has
  // been added.
  [[nodiscard]] double at(WallTime now);

 private:
  static constexpr std::size_t kBlock = 256;

  void take_in(WallTime upto);
  void let_go(WallTime from);
  void turn();
  void open_block();
  [[nodiscard]] const Sample& sample(std::size_t number) const { return samples_[number - base_]; }
  [[nodiscard]] std::size_t block_end() const { return std::min(head_ + kBlock - head_ % kBlock, middle_); }
  [[nodiscard]] Aggregate all() const;
  [[nodiscard]] double value(const Aggregate& all, WallTime from) const;

  Options options_;
  std::deque<Sample> samples_;  // by number; the first is number base_
  std::size_t base_ = 0;
  std::size_t head_ = 0;    // the window is [head_, tail_)
  std::size_t middle_ = 0;  // up to here `front_` knows, from here `back_`
  std::size_t tail_ = 0;
  Aggregate back_;                   // of [middle_, tail_)
  std::vector<Aggregate> front_;     // of [end of a block, middle_); the last is of the block that head_ is in
  std::vector<Aggregate> in_block_;  // of [number, block_end()), by number within the block that head_ is in
  std::optional<Sample> before_;     // the newest that left
  Sketch sketch_;
};

}  // namespace telltale::core
