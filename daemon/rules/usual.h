// How far a value is from what is usual, robustly: one week with a broken sensor or a holiday moves neither the centre
// nor the scale. What is here is pure; a source of it says its own thread.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/series.h"
#include "daemon/core/time_zone.h"

namespace telltale::rules {

// Of one hour of a past week.
struct PastHour {
  double mean = std::numeric_limits<double>::quiet_NaN();       // NaN: it has no readings
  double deviation = std::numeric_limits<double>::quiet_NaN();  // standard deviation of those within it; NaN: none
};

struct Usual {
  double centre = std::numeric_limits<double>::quiet_NaN();  // NaN: not known
  double scale = std::numeric_limits<double>::quiet_NaN();   // how far from that is usual; above 0
  bool too_short = false;                                    // it was looked up, and too few weeks have readings
  bool pending = false;                                      // it is being looked up
};

// The centre is the median of the means. The scale has two parts, added as variances are: how the means differ from
// week to week, 1.4826 · MAD (P. J. Rousseeuw, C. Croux: Alternatives to the Median Absolute Deviation, 1993), and how
// readings differ within an hour, the median of their standard deviations. At least a thousandth of the centre: what
// never moves has a scale too. Too short with fewer than core::kLeastWeeks of the weeks, or than half of them.
[[nodiscard]] Usual usual_of(const std::vector<PastHour>& hours, int weeks);

// By whose clock the hour of a week is the same one.
struct Zone {
  std::string name;
  core::TimeZone time;
};
using ZonePtr = std::shared_ptr<const Zone>;

// The hour, by UTC, in which `at` lies.
[[nodiscard]] core::WallTime hour_of(core::WallTime at);
// The same hour in the weeks before, by the clock of the zone; whole hours of UTC, the last week first.
[[nodiscard]] std::vector<core::WallTime> past_hours(core::WallTime hour, int weeks, const core::TimeZone& zone);

struct UsualQuestion {
  core::SeriesPtr series;
  int weeks = 0;
  ZonePtr zone;  // never nullptr
  core::WallTime at{};
};

class UsualSource {
 public:
  UsualSource() = default;
  UsualSource(const UsualSource&) = delete;
  UsualSource& operator=(const UsualSource&) = delete;
  virtual ~UsualSource() = default;
  // Of the hour in which `at` lies.
  [[nodiscard]] virtual Usual of(const UsualQuestion& question) = 0;
};

}  // namespace telltale::rules
