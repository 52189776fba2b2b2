// What the pipeline keeps of a series: its newest reading, its windows, its rhythm, and who watches it.
// Owned and called by the pipeline's thread.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/reading.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"
#include "daemon/pipeline/windows.h"

namespace telltale::pipeline {

struct Watch {
  core::SeriesId id;
  core::WindowStat stat;
  double told = 0;    // the value that viewers saw last
  bool fresh = true;  // nothing told yet
};

class SeriesState {
 public:
  SeriesState(core::SeriesPtr series, const std::vector<core::Duration>& windows, core::CounterRule rule = {})
      : series_(std::move(series)), windows_(windows, rule) {}

  [[nodiscard]] const core::SeriesPtr& series() const { return series_; }
  void replace(core::SeriesPtr series) { series_ = std::move(series); }

  // Takes a reading in. `text` is an event's. True when it is older than the newest one: a late reading.
  bool take(const core::Reading& reading, std::string_view text, core::BootTime arrived);

  // Times of [from, to] were wrong.
  void correct(const core::TimeCorrection& correction);

  [[nodiscard]] bool has_reading() const { return has_reading_; }
  [[nodiscard]] const core::Reading& newest() const { return newest_; }
  [[nodiscard]] const std::string& newest_text() const { return newest_text_; }
  // The newest reading's quality, or stale when nothing has come for kMissed of the usual intervals.
  [[nodiscard]] core::Quality quality(core::BootTime now) const;
  [[nodiscard]] const Windows& windows() const { return windows_; }
  [[nodiscard]] Windows& windows() { return windows_; }

  std::vector<Watch>& watches() { return watches_; }
  // Whether derived series or rules look at it.
  [[nodiscard]] bool followed() const { return followed_; }
  void set_followed(bool followed) { followed_ = followed; }
  [[nodiscard]] core::Duration interval() const { return interval_; }
  [[nodiscard]] core::BootTime arrived() const { return arrived_; }

 private:
  static constexpr int kMissed = 3;
  // A series this quick is not called stale over a scheduling hiccup.
  static constexpr core::Duration kPatience = std::chrono::seconds(5);

  core::SeriesPtr series_;
  Windows windows_;
  core::Reading newest_;
  std::string newest_text_;
  bool has_reading_ = false;
  bool followed_ = false;
  core::BootTime arrived_{};
  core::Duration interval_{};  // usual time between readings, smoothed; zero: not known yet
  std::vector<Watch> watches_;
};

}  // namespace telltale::pipeline
