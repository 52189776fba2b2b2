#include "daemon/rules/past_usual.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace telltale::rules {

PastUsual::Week PastUsual::read(const core::SeriesPtr& series, core::WallTime begin) {
  Week week;
  const auto hours = fetch_(series, begin, begin + std::chrono::hours(kHours));
  if (!hours) {
    failure_ = hours.error();
    return week;
  }
  for (const auto& [time, hour] : *hours) {
    const auto index = std::chrono::floor<std::chrono::hours>(time - begin).count();
    if (index >= 0 && index < kHours) week.at(static_cast<std::size_t>(index)) = hour;
  }
  return week;
}

PastHour PastUsual::hour(const core::SeriesPtr& series, core::WallTime hour) {
  const core::WallTime begin = std::chrono::floor<std::chrono::weeks>(hour);
  auto known = weeks_.find({series->id, begin});
  if (known == weeks_.end()) {
    if (failure_) return {};
    if (weeks_.size() >= kMostWeeks) weeks_.clear();
    known = weeks_.emplace(std::pair(series->id, begin), read(series, begin)).first;
  }
  return known->second.at(static_cast<std::size_t>((hour - begin) / std::chrono::hours(1)));
}

Usual PastUsual::of(const UsualQuestion& question) {
  const core::WallTime now = hour_of(question.at);
  const auto [known, is_new] = known_.try_emplace({question.series->id, question.weeks, question.zone->name});
  if (!is_new && known->second.hour == now) return known->second.usual;
  std::vector<PastHour> hours;
  for (const core::WallTime past : past_hours(now, question.weeks, question.zone->time)) {
    hours.push_back(hour(question.series, past));
  }
  known->second = {now, failure_ ? Usual{} : usual_of(hours, question.weeks)};
  return known->second.usual;
}

}  // namespace telltale::rules
