#include "daemon/rules/usual.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>

#include "daemon/core/expression.h"

namespace telltale::rules {

namespace {

constexpr double kNormal = 1.4826;  // of a normal distribution: the standard deviation, by the MAD
constexpr double kLeastShare = 1e-3;
constexpr double kLeastScale = 1e-12;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

Usual usual_of(const std::vector<PastHour>& hours, int weeks) {
  std::vector<double> means;
  std::vector<double> deviations;
  for (const PastHour& hour : hours) {
    if (!std::isfinite(hour.mean)) continue;
    means.push_back(hour.mean);
    deviations.push_back(std::isfinite(hour.deviation) ? hour.deviation : 0);
  }
  Usual usual;
  const auto known = static_cast<int>(means.size());
  usual.too_short = known < core::kLeastWeeks || 2 * known < weeks;
  if (usual.too_short) return usual;
  usual.centre = median(means);
  for (double& mean : means) mean = std::abs(mean - usual.centre);
  const double least = std::max(kLeastScale, kLeastShare * std::abs(usual.centre));
  usual.scale = std::max(least, std::hypot(kNormal * median(means), median(deviations)));
  return usual;
}

core::WallTime hour_of(core::WallTime at) { return std::chrono::floor<std::chrono::hours>(at); }

std::vector<core::WallTime> past_hours(core::WallTime hour, int weeks, const core::TimeZone& zone) {
  std::vector<core::WallTime> hours;
  const core::LocalTime local = zone.to_local(hour);
  for (int week = 1; week <= weeks; ++week) {
    hours.push_back(hour_of(zone.to_wall(local - week * std::chrono::weeks(1))));
  }
  return hours;
}

}  // namespace telltale::rules
