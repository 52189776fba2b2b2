// Brings the readings of blocks, late blocks and the journal's tail of one series into the order of time, the last that
// arrived winning where two have one time, and hands them to the series' sink as soon as nothing older can come.
// Buckets of tiers go between them, where they belong. One query's; its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/arrival.h"
#include "daemon/store/column.h"
#include "daemon/store/doubts.h"
#include "daemon/store/sinks.h"

namespace telltale::store {

class SeriesMerge {
 public:
  explicit SeriesMerge(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

  void add(std::uint64_t arrival, std::int64_t time, double value, Mark mark, std::string text);
  // Of a column the readings from `begin` to before `end`.
  void add(std::uint64_t arrival, const Column& column, std::size_t begin, std::size_t end);
  // In the order of time; before anything is settled.
  void set_buckets(std::vector<TierBucket> buckets) { buckets_ = std::move(buckets); }
  // What has been added and not been handed on.
  template <class Visit>
  void each_pending(const Visit& visit) const {
    for (const Run& run : runs_) {
      for (std::size_t i = run.at; i < run.times.size(); ++i) visit(run.times[i]);
    }
  }
  // Nothing before `time` comes any more.
  void settle(std::int64_t time);
  bool finish(core::HistorySeries& out);

 private:
  // Readings that arrived together, or one after the other.
  struct Run {
    std::vector<std::int64_t> times;
    std::vector<double> values;
    std::vector<std::uint64_t> arrivals;  // empty: `arrival` of all
    std::vector<std::string> texts;       // empty: none has one
    std::vector<std::uint8_t> uncertain;  // 1: the reading is; empty: none is
    std::uint64_t arrival = 0;
    std::size_t at = 0;  // what is before was handed on
    bool strict = true;  // each time is later than the one before

    [[nodiscard]] std::uint64_t arrival_of(std::size_t i) const { return arrivals.empty() ? arrival : arrivals[i]; }
  };
  [[nodiscard]] bool in_order();
  void unite();
  void emit(Run& run, std::size_t end);
  void emit_bucket(const TierBucket& bucket);
  void emit_readings(const Run& run, std::size_t begin, std::size_t end);
  void note_doubts(const Run& run, std::size_t begin, std::size_t end);

  std::unique_ptr<Sink> sink_;
  std::vector<Run> runs_;
  std::vector<TierBucket> buckets_;
  std::size_t next_bucket_ = 0;
  Doubts doubts_;
};

}  // namespace telltale::store
