#include "daemon/pipeline/series_state.h"

#include <algorithm>
#include <cmath>

namespace telltale::pipeline {

bool SeriesState::take(const core::Reading& reading, std::string_view text, core::BootTime arrived) {
  const bool late = has_reading_ && reading.time < newest_.time;
  if (has_reading_ && arrived > arrived_) {
    // An exponential average over about eight readings: quick to learn, deaf to one outlier.
    const core::Duration since = arrived - arrived_;
    interval_ = interval_.count() == 0 ? since : interval_ + (since - interval_) / 8;
  }
  arrived_ = arrived;
  if (!late) {
    newest_ = reading;
    newest_text_ = text;
    has_reading_ = true;
  }
  if (std::isfinite(reading.value) && series_->declaration.kind != core::SeriesKind::kEvent) {
    windows_.add({reading.time, reading.value});
  }
  return late;
}

void SeriesState::correct(const core::TimeCorrection& correction) {
  if (has_reading_ && !newest_.by_source && newest_.time >= correction.from && newest_.time <= correction.to) {
    newest_.time += correction.shift;
    if (correction.certain && newest_.quality == core::Quality::kUncertain) newest_.quality = core::Quality::kGood;
  }
  if (correction.shift != core::Duration{}) windows_.shift(correction.from, correction.to, correction.shift);
}

core::Quality SeriesState::quality(core::BootTime now) const {
  // Events and states come when something happens: their silence says nothing.
  if (!has_reading_) return core::Quality::kStale;  // all that is known came from the history
  const core::SeriesKind kind = series_->declaration.kind;
  const bool rhythmic = kind == core::SeriesKind::kGauge || kind == core::SeriesKind::kCounter;
  if (newest_.quality != core::Quality::kGood || !rhythmic || interval_.count() == 0) return newest_.quality;
  return now - arrived_ > std::max(kMissed * interval_, kPatience) ? core::Quality::kStale : newest_.quality;
}

}  // namespace telltale::pipeline
