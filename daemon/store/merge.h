// Brings the readings of blocks, late blocks and the journal's tail of one series into the order of time, the last that
// arrived winning where two have one time, and hands them to the series' sink as soon as nothing older can come.
// One query's; its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/sinks.h"

namespace telltale::store {

// Order of arrival: blocks by rowid, a late block behind the block it came after, the journal behind everything.
[[nodiscard]] constexpr std::uint64_t arrival_of_block(std::int64_t id) { return static_cast<std::uint64_t>(id) * 2; }
[[nodiscard]] constexpr std::uint64_t arrival_of_late(std::int64_t after) {
  return static_cast<std::uint64_t>(after) * 2 + 1;
}
inline constexpr std::uint64_t kArrivalOfJournal = UINT64_MAX;

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
