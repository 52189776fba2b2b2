// Brings the readings of blocks, late blocks and the journal's tail of one series into the order of time, the last that
// arrived winning where two have one time, and hands them to the series' sink as soon as nothing older can come.
// One query's; its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/arrival.h"
#include "daemon/store/sinks.h"

namespace telltale::store {

class SeriesMerge {
 public:
  explicit SeriesMerge(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

  void add(std::uint64_t arrival, std::int64_t time, double value, std::string text) {
    pending_.push_back({time, arrival, value, std::move(text)});
  }
  // Nothing before `time` comes any more.
  void settle(std::int64_t time);
  bool finish(core::HistorySeries& out);

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t arrival;
    double value;
    std::string text;
  };
  void emit(std::size_t count);

  std::unique_ptr<Sink> sink_;
  std::vector<Entry> pending_;
};

}  // namespace telltale::store
