#include "daemon/pipeline/pipeline.h"

#include <algorithm>
#include <cerrno>

#include <sys/epoll.h>

#include "daemon/pipeline/engine.h"
#include "daemon/pipeline/pump.h"
#include "daemon/pipeline/registry.h"
#include "daemon/pipeline/request_queue.h"
#include "daemon/pipeline/watch_table.h"
#include "daemon/pipeline/window_loader.h"

namespace telltale::pipeline {

struct Pipeline::Parts {
  Parts(PipelineOptions options, core::HistoryWriter& history, const core::Clock& clock, core::Logger log,
        core::Fd wake, core::Fd epoll)
      : registry(options.known, std::move(options.counters)),
        requests(std::move(wake)),
        engine({std::move(options.windows)}, registry, watches, history, clock, log),
        pump(engine, requests, std::move(epoll), {std::move(options.pulse), options.pulse_every}),
        loader(requests, engine.window_lengths(), clock, std::move(log)) {}

  Registry registry;
  WatchTable watches;
  RequestQueue requests;
  Engine engine;
  Pump pump;
  WindowLoader loader;
};

namespace {

core::Error overloaded() {
  return core::make_error(core::ErrorCode::kUnavailable, "the pipeline has too much to do; try again in a moment");
}

}  // namespace

core::Result<std::unique_ptr<Pipeline>> Pipeline::make(PipelineOptions options, core::HistoryWriter& history,
                                                       const core::Clock& clock, core::Logger log) {
  auto wake = core::make_eventfd();
  if (!wake) return wake.error();
  core::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return core::errno_error(errno, "epoll_create1");
  std::sort(options.windows.begin(), options.windows.end());
  auto parts =
      std::make_unique<Parts>(std::move(options), history, clock, std::move(log), std::move(*wake), std::move(epoll));
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(parts)));
}

Pipeline::Pipeline(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Pipeline::~Pipeline() { stop(); }

void Pipeline::set_follower(core::PassFollower& follower) { parts_->engine.set_follower(&follower); }

void Pipeline::run_pass(std::function<void(core::PassPort&)> task) {
  parts_->requests.push_always([task = std::move(task)](Engine& engine) { engine.run_pass(task); });
}

void Pipeline::start(core::LiveSink& live) {
  parts_->engine.set_live(&live);
  parts_->pump.start();
}

void Pipeline::restore_windows(core::HistoryReader& history) {
  const auto everything = core::Selector::parse("*");
  parts_->engine.set_windows_ready(false);
  if (everything && parts_->loader.start(history, parts_->registry.match(*everything))) return;
  parts_->engine.set_windows_ready(true);
}

void Pipeline::stop() {
  parts_->loader.stop();
  parts_->requests.close();
  parts_->pump.stop();
}

core::Catalog& Pipeline::catalog() { return parts_->registry; }

void Pipeline::post(std::vector<core::PostedReading> readings, bool durable,
                    std::function<void(core::Result<core::PostOutcome>)> done) {
  const std::size_t count = readings.size();
  const auto request = [readings = std::move(readings), durable, done](Engine& engine) {
    engine.begin_pass();
    const core::PostOutcome outcome = engine.post(readings);
    const auto position = engine.finish_pass();
    if (position.has_error()) return done(position.error());
    if (!durable) return done(outcome);
    engine.history().when_durable(*position, [done, outcome](const core::Result<void>& kept) {
      done(kept ? core::Result<core::PostOutcome>(outcome) : core::Result<core::PostOutcome>(kept.error()));
    });
  };
  if (!parts_->requests.push(request, count)) done(overloaded());
}

void Pipeline::latest(std::vector<core::Selector> selectors,
                      std::function<void(core::Result<std::vector<core::LatestRow>>)> done) {
  const auto request = [selectors = std::move(selectors), done](Engine& engine) { done(engine.latest(selectors)); };
  if (!parts_->requests.push(request)) done(overloaded());
}

core::Result<core::SeriesId> Pipeline::watch(core::SeriesId series, core::WindowStat window_stat) {
  auto id = parts_->watches.add(series, window_stat);
  // The queue may be full: the change is then taken over with the next slide.
  if (id) static_cast<void>(parts_->requests.push([](Engine& engine) { engine.slide_watches(); }));
  return id;
}

void Pipeline::unwatch(core::SeriesId watch) {
  parts_->watches.remove(watch);
  static_cast<void>(parts_->requests.push([](Engine& engine) { engine.slide_watches(); }));
}

core::PipelineStats Pipeline::stats() const {
  const Counters& counters = parts_->engine.counters();
  core::PipelineStats stats;
  stats.readings = counters.readings.load(std::memory_order_relaxed);
  stats.rejected = counters.rejected.load(std::memory_order_relaxed);
  stats.late = counters.late.load(std::memory_order_relaxed);
  stats.journal_lost = counters.journal_lost.load(std::memory_order_relaxed);
  stats.requests_refused = parts_->requests.refused();
  stats.requests_waiting = parts_->requests.waiting();
  stats.requests_limit = RequestQueue::kMaxRequests;
  stats.series = parts_->registry.size();
  stats.watches = parts_->watches.size();
  return stats;
}

void Pipeline::attach(std::shared_ptr<core::ReadingSource> source) {
  Pump& pump = parts_->pump;
  parts_->requests.push_always([&pump, source = std::move(source)](Engine&) { pump.attach(source); });
}

void Pipeline::detach(std::shared_ptr<core::ReadingSource> source) {
  Pump& pump = parts_->pump;
  parts_->requests.push_always([&pump, source = std::move(source)](Engine&) { pump.detach(*source); });
}

}  // namespace telltale::pipeline
