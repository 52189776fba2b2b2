#include "daemon/rules/past_port.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace telltale::rules {

namespace {

// As of live series: silent for three times the usual, and for five seconds at least.
constexpr int kMissed = 3;
constexpr core::Duration kPatience = std::chrono::seconds(5);

}  // namespace

std::vector<core::SeriesPtr> PastCatalog::match(const core::Selector& selector) const {
  std::vector<core::SeriesPtr> found;
  std::copy_if(series_.begin(), series_.end(), std::back_inserter(found),
               [&](const core::SeriesPtr& one) { return selector.matches(one->declaration.key); });
  return found;
}

core::SeriesPtr PastCatalog::find(core::SeriesId id) const {
  const auto found =
      std::find_if(series_.begin(), series_.end(), [id](const core::SeriesPtr& one) { return one->id == id; });
  return found == series_.end() ? nullptr : *found;
}

void PastPort::want(const std::vector<core::SeriesReference>& references, const std::vector<core::SeriesPtr>& inputs) {
  for (const core::SeriesReference& reference : references) {
    const auto& stat = reference.selector.window_stat();
    if (!stat) continue;
    for (const core::SeriesPtr& series : inputs) {
      if (!reference.selector.matches(series->declaration.key)) continue;
      auto& all = windows_[series->id];
      if (std::any_of(all.begin(), all.end(), [&](const Window& one) { return one.stat == *stat; })) continue;
      all.push_back({*stat, core::Rolling({*stat, core::Closed::kRight, 0, series->counter}), core::WallTime::min()});
    }
  }
}

void PastPort::add(const core::Reading& reading) {
  set_now(reading.time);
  const auto known = newest_.find(reading.series);
  if (known == newest_.end()) {
    newest_[reading.series] = {reading, {}, boot_now()};
  } else {
    const core::Duration since = boot_now() - known->second.arrived;
    core::Duration& interval = known->second.interval;
    interval = interval == core::Duration{} ? since : interval + (since - interval) / 8;
    known->second.reading = reading;
    known->second.arrived = boot_now();
  }
  const auto found = windows_.find(reading.series);
  if (found == windows_.end() || !std::isfinite(reading.value)) return;
  for (Window& one : found->second) one.rolling.add({reading.time, reading.value});
}

std::optional<core::PassPort::Newest> PastPort::newest(core::SeriesId series) const {
  const auto found = newest_.find(series);
  if (found == newest_.end()) return std::nullopt;
  Newest newest = found->second;
  const core::SeriesPtr known = catalog_.find(series);
  const bool rhythmic = known && (known->declaration.kind == core::SeriesKind::kGauge ||
                                  known->declaration.kind == core::SeriesKind::kCounter);
  const bool silent = boot_now() - newest.arrived > std::max(kMissed * newest.interval, kPatience);
  if (rhythmic && newest.interval != core::Duration{} && silent) newest.reading.quality = core::Quality::kStale;
  return newest;
}

double PastPort::window(core::SeriesId series, core::WindowStat stat, core::WallTime at) const {
  const auto found = windows_.find(series);
  if (found == windows_.end()) return std::numeric_limits<double>::quiet_NaN();
  for (Window& one : found->second) {
    if (!(one.stat == stat)) continue;
    one.at = std::max(one.at, at);
    return one.rolling.at(one.at);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

core::SeriesPtr PastPort::declare(std::string_view input, const core::SeriesDeclaration& declaration) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id = core::SeriesId{next_++};
  info->key_text = declaration.key.text();
  info->input = input;
  info->declaration = declaration;
  made_[info->id] = info;
  return info;
}

void PastPort::put(const core::Reading& reading, std::string_view /*text*/) {
  const auto series = made_.find(reading.series);
  if (series != made_.end() && std::isfinite(reading.value)) take_(*series->second, reading);
}

}  // namespace telltale::rules
