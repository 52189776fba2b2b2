#include "daemon/pipeline/window_loader.h"

#include <algorithm>
#include <cmath>

#include <sys/resource.h>

#include "daemon/pipeline/engine.h"
#include "daemon/pipeline/request_queue.h"

namespace telltale::pipeline {

namespace {

constexpr core::Duration kShortestSlice = std::chrono::milliseconds(1);
constexpr int kNice = 10;
// Readings of sources whose clocks are a little ahead.
constexpr core::Duration kAhead = std::chrono::hours(1);

}  // namespace

bool WindowLoader::start(core::HistoryReader& history, std::vector<core::SeriesPtr> series) {
  if (series.empty() || lengths_.empty() || thread_.joinable()) return false;
  thread_ = std::thread([this, &history, series = std::move(series)] {
    core::name_thread("windows");
    // Of this thread alone, as Linux has it.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice));
    run(history, series);
    requests_.push_always([](Engine& engine) { engine.set_windows_ready(true); });
  });
  return true;
}

void WindowLoader::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void WindowLoader::run(core::HistoryReader& history, const std::vector<core::SeriesPtr>& series) {
  const core::BootTime began = clock_.boot_now();
  const core::WallTime now = clock_.wall_now();
  core::HistoryQuery query;
  for (const core::SeriesPtr& one : series) {
    if (one->declaration.kind != core::SeriesKind::kEvent) query.series.push_back(one);
  }
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  query.cancel = &stopping_;
  // A little more, so that a counter has the reading before its longest window.
  const core::Duration longest = lengths_.back();
  query.from = now - longest - longest / 60;
  if (query.series.empty() || !read(history, query, now + kAhead)) return;
  hand_over();
  log_.info("windows made of {} readings of the history in {:.1f} s", readings_,
            std::chrono::duration<double>(clock_.boot_now() - began).count());
}

bool WindowLoader::read(core::HistoryReader& history, core::HistoryQuery& query, core::WallTime end) {
  core::Duration slice = end - query.from;
  query.max_readings = kSlice;
  while (query.from < end) {
    query.to = std::min(end, query.from + slice);
    const std::uint64_t before = readings_;
    const auto result = history.query(query);
    if (stopping_) return false;
    if (!result && result.error().code == core::ErrorCode::kLimit && slice > kShortestSlice) {
      slice = std::min(slice, query.to - query.from) / 2;
      continue;
    }
    if (!result) {
      log_.warning("windows begin anew, their history cannot be read: {}", result.error().text());
      return false;
    }
    take(*result);
    query.from = query.to;
    if (readings_ - before < kSlice / 4) slice *= 2;
    slice = std::min(slice, lengths_.back() * 2 + kAhead);
  }
  return true;
}

void WindowLoader::take(const core::HistoryResult& result) {
  for (const core::HistorySeries& series : result.series) {
    if (series.values.empty() || series.times.empty()) continue;
    Windows& windows = loaded_.try_emplace(series.series->id, lengths_, series.series->counter).first->second;
    for (std::size_t i = 0; i < series.times.size(); ++i) {
      const double value = series.values[0][i];
      if (std::isfinite(value)) windows.add({series.times[i], value});
    }
    readings_ += series.times.size();
  }
}

// The pipeline takes them between two of its passes; what it is not asked for costs it nothing.
void WindowLoader::hand_over() {
  while (!loaded_.empty() && !stopping_) {
    auto part = std::make_shared<Part>();
    for (auto one = loaded_.begin(); one != loaded_.end() && part->size() < kPart; one = loaded_.erase(one)) {
      part->emplace_back(one->first, std::move(one->second));
    }
    requests_.push_always([part](Engine& engine) { engine.adopt(std::move(*part)); });
  }
}

}  // namespace telltale::pipeline
