// A reading inside the daemon, and a batch of them: what the pipeline hands to the store and to the live hub.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/ids.h"

namespace telltale::core {

// How far a value can be trusted; the numbers are the ABI's TELLTALE_QUALITY_.
enum class Quality : std::uint8_t { kGood = 0, kStale = 1, kUncertain = 2, kBad = 3 };

[[nodiscard]] std::string_view to_text(Quality quality);

inline constexpr std::uint32_t kNoText = 0xffff'ffffU;

// 32 bytes, trivially copyable. A bad reading has no value: `value` is NaN then.
struct Reading {
  WallTime time{};
  double value = 0;
  SeriesId series{};
  std::uint32_t text = kNoText;  // index of an event's text in the batch that holds the reading
  Quality quality = Quality::kGood;
  bool by_source = false;  // its time is the source's own: no correction of our clock moves it
};

// Readings in the order they arrived, with the texts of events. One owner; no thread of its own.
class ReadingBatch {
 public:
  void add(const Reading& reading) { readings_.push_back(reading); }
  void add_text(Reading reading, std::string_view text) {
    reading.text = static_cast<std::uint32_t>(ends_.size());
    arena_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(arena_.size()));
    readings_.push_back(reading);
  }
  [[nodiscard]] const std::vector<Reading>& readings() const { return readings_; }
  // The text of an event's reading of this batch; empty when it has none.
  [[nodiscard]] std::string_view text_of(const Reading& reading) const {
    if (reading.text >= ends_.size()) return {};
    const std::uint32_t begin = reading.text == 0 ? 0 : ends_[reading.text - 1];
    return std::string_view(arena_).substr(begin, ends_[reading.text] - begin);
  }
  [[nodiscard]] bool empty() const { return readings_.empty(); }
  [[nodiscard]] std::size_t size() const { return readings_.size(); }
  void clear() {
    readings_.clear();
    arena_.clear();
    ends_.clear();
  }

 private:
  std::vector<Reading> readings_;
  std::string arena_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace telltale::core
