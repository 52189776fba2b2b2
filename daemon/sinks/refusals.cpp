#include "daemon/sinks/refusals.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <numeric>

namespace telltale::sinks {

namespace {

constexpr std::size_t kMostTold = 16;
constexpr std::size_t kMostSuspects = 1'000;
// A server that refuses whatever it is given is not asked reading by reading.
constexpr int kMostInARow = 64;

// The readings of those places.
core::OutgoingBatchPtr part_of(const core::OutgoingBatch& whole, const std::vector<std::size_t>& places) {
  auto part = std::make_shared<core::OutgoingBatch>();
  part->cursor = whole.cursor;
  part->live = whole.live;
  std::vector<std::uint32_t> known(whole.series.size(), UINT32_MAX);
  for (const std::size_t place : places) {
    core::OutgoingReading reading = whole.readings[place];
    std::uint32_t& series = known[reading.series];
    if (series == UINT32_MAX) {
      series = static_cast<std::uint32_t>(part->series.size());
      part->series.push_back(whole.series[reading.series]);
    }
    reading.series = series;
    part->readings.push_back(std::move(reading));
  }
  return part;
}

}  // namespace

std::vector<core::OutgoingBatchPtr> Refusals::refused(const core::OutgoingBatchPtr& batch, std::string_view why,
                                                      core::WallTime now) {
  const auto& readings = batch->readings;
  if (readings.size() == 1 || ++in_a_row_ > kMostInARow) {
    give_up(*batch, why, now);
    return {};
  }
  // By series: a server mostly takes offence at one of them.
  std::vector<std::size_t> places(readings.size());
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return readings[a].series < readings[b].series; });
  const auto suspect = std::stable_partition(places.begin(), places.end(), [&](std::size_t place) {
    return !suspects_.contains(batch->series[readings[place].series]->id);
  });
  const bool both = suspect != places.begin() && suspect != places.end();
  const auto middle = both ? suspect : places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
  return {part_of(*batch, {places.begin(), middle}), part_of(*batch, {middle, places.end()})};
}

void Refusals::accepted(const core::OutgoingBatch& batch) {
  in_a_row_ = 0;
  if (suspects_.empty()) return;
  for (const core::SeriesPtr& series : batch.series) suspects_.erase(series->id);
}

void Refusals::give_up(const core::OutgoingBatch& batch, std::string_view why, core::WallTime now) {
  for (const core::OutgoingReading& reading : batch.readings) {
    const core::SeriesInfo& series = *batch.series[reading.series];
    if (batch.readings.size() == 1 && suspects_.size() < kMostSuspects) suspects_.insert(series.id);
    note(series, reading.time, why, now);
  }
  readings_ += batch.readings.size();
}

void Refusals::note(const core::SeriesInfo& series, core::WallTime time, std::string_view why, core::WallTime now) {
  auto known = std::find_if(last_.begin(), last_.end(), [&](const core::ParkedBatch& one) {
    return one.series == series.key_text && one.reason == why;
  });
  if (known == last_.end()) {
    // The reason may be another one each time: seldom, then.
    ++told_;
    if (told_ <= kMostTold || std::has_single_bit(told_))
      log_.error("{} is not taken by the other side, and not sent again: {}", series.key_text, why);
    if (last_.size() == kMostTold) last_.erase(last_.begin());
    known = last_.insert(last_.end(), {now, series.key_text, time, time, 0, std::string(why)});
  } else {
    known = std::rotate(known, known + 1, last_.end());  // the newest is the last
    known = last_.end() - 1;
  }
  known->at = now;
  known->from = std::min(known->from, time);
  known->to = std::max(known->to, time);
  ++known->readings;
}

}  // namespace telltale::sinks
