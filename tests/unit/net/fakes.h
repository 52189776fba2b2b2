// Stand-ins for what the server meets: a registry, a pipeline, a store and inputs that a test fills by hand. Safe from
// several threads, as the real ones are.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/net/dependencies.h"
#include "tests/support/manual_clock.h"

namespace telltale::test {

inline core::Selector selector(std::string_view text) { return core::Selector::parse(text).value(); }

class FakeCatalog final : public core::Catalog {
 public:
  core::SeriesPtr add(std::string_view key, core::SeriesKind kind = core::SeriesKind::kGauge, std::string unit = {},
                      std::vector<std::pair<std::int64_t, std::string>> states = {}) {
    auto info = std::make_shared<core::SeriesInfo>();
    info->declaration.key = core::parse_series_key(key).value();
    info->declaration.kind = kind;
    info->declaration.unit = std::move(unit);
    info->declaration.states = std::move(states);
    info->key_text = info->declaration.key.text();
    info->input = "sim";
    const std::lock_guard lock(mutex_);
    info->id = core::SeriesId{static_cast<std::uint32_t>(series_.size() + 1)};
    series_.push_back(info);
    ++generation_;
    return info;
  }
  void replace(const core::SeriesPtr& series, std::string unit) {
    auto info = std::make_shared<core::SeriesInfo>(*series);
    info->declaration.unit = std::move(unit);
    const std::lock_guard lock(mutex_);
    series_[series->id.value - 1] = info;
    ++generation_;
  }
  [[nodiscard]] std::uint64_t generation() const override { return generation_; }
  [[nodiscard]] std::vector<core::SeriesPtr> match(const core::Selector& wanted) const override {
    const std::lock_guard lock(mutex_);
    std::vector<core::SeriesPtr> found;
    for (const auto& series : series_) {
      if (wanted.matches(series->declaration.key)) found.push_back(series);
    }
    return found;
  }
  [[nodiscard]] core::SeriesPtr find(core::SeriesId id) const override {
    const std::lock_guard lock(mutex_);
    return id.value >= 1 && id.value <= series_.size() ? series_[id.value - 1] : nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<core::SeriesPtr> series_;
  std::atomic<std::uint64_t> generation_{1};
};

class FakePipeline final : public core::PipelinePort {
 public:
  void post(std::vector<core::PostedReading> readings, bool durable,
            std::function<void(core::Result<core::PostOutcome>)> done) override {
    core::PostOutcome outcome;
    {
      const std::lock_guard lock(mutex_);
      for (auto& reading : readings) {
        if (reading.series.key.name == "refused") {
          ++outcome.rejected;
          outcome.first_reason = "the pipeline does not want it";
        } else {
          ++outcome.accepted;
          posted_.push_back(std::move(reading));
        }
      }
      durable_ = durable;
    }
    if (full) return done(core::make_error(full_code, "the pipeline's queue is full"));
    done(outcome);
  }
  void latest(std::vector<core::Selector> selectors,
              std::function<void(core::Result<std::vector<core::LatestRow>>)> done) override {
    if (hold_latest) {
      const std::lock_guard lock(mutex_);
      held_.emplace_back([this, selectors, done] { done(rows_for(selectors)); });
      return;
    }
    done(rows_for(selectors));
  }
  void release_latest() {
    std::vector<std::function<void()>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const auto& answer : held) answer();
  }
  core::Result<core::SeriesId> watch(core::SeriesId series, core::WindowStat window_stat) override {
    const std::lock_guard lock(mutex_);
    if (refuse_watches) return core::make_error(core::ErrorCode::kLimit, "4,096 watches are enough");
    const auto key = std::pair(series.value, window_stat.text());
    auto& entry = watches_[key];
    if (entry.first.value == 0) entry.first = core::SeriesId{0x8000'0000U + static_cast<unsigned>(watches_.size())};
    ++entry.second;
    return entry.first;
  }
  void unwatch(core::SeriesId watch) override {
    const std::lock_guard lock(mutex_);
    for (auto& [key, entry] : watches_) {
      if (entry.first == watch) --entry.second;
    }
  }
  [[nodiscard]] core::PipelineStats stats() const override {
    core::PipelineStats stats;
    stats.readings = 1'234;
    return stats;
  }

  void set_latest(core::SeriesPtr series, double value, std::int64_t time_ms,
                  core::Quality quality = core::Quality::kGood, std::string text = {},
                  std::optional<core::WindowStat> statistic = std::nullopt) {
    const std::lock_guard lock(mutex_);
    latest_.push_back({std::move(series), statistic, core::from_ms(time_ms), value, quality, std::move(text)});
  }
  [[nodiscard]] std::vector<core::PostedReading> posted() const {
    const std::lock_guard lock(mutex_);
    return posted_;
  }
  [[nodiscard]] bool durable() const {
    const std::lock_guard lock(mutex_);
    return durable_;
  }
  [[nodiscard]] int watching() const {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& [key, entry] : watches_) count += entry.second;
    return count;
  }

  std::atomic<bool> full{false};
  std::atomic<core::ErrorCode> full_code{core::ErrorCode::kUnavailable};
  std::atomic<bool> hold_latest{false};
  std::atomic<bool> refuse_watches{false};

 private:
  std::vector<core::LatestRow> rows_for(const std::vector<core::Selector>& selectors) const {
    const std::lock_guard lock(mutex_);
    std::vector<core::LatestRow> rows;
    for (const core::Selector& one : selectors) {
      for (const core::LatestRow& row : latest_) {
        if (one.matches(row.series->declaration.key) && one.window_stat() == row.window_stat) rows.push_back(row);
      }
    }
    return rows;
  }

  mutable std::mutex mutex_;
  std::vector<core::PostedReading> posted_;
  std::vector<core::LatestRow> latest_;
  std::vector<std::function<void()>> held_;
  std::map<std::pair<std::uint32_t, std::string>, std::pair<core::SeriesId, int>> watches_;
  bool durable_ = false;
};

class FakeHistory final : public core::HistoryReader {
 public:
  [[nodiscard]] core::Result<core::HistoryResult> query(const core::HistoryQuery& query) override {
    std::unique_lock lock(mutex_);
    last = query;
    ++running_;
    changed_.notify_all();
    while (blocked_ && !(query.cancel != nullptr && query.cancel->load())) {
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
    --running_;
    if (query.cancel != nullptr && query.cancel->load()) {
      ++cancelled_;
      changed_.notify_all();
      return core::make_error(core::ErrorCode::kTimeout, "the query was cancelled");
    }
    if (failure) return *failure;
    core::HistoryResult out = result;
    out.from = query.from;
    out.to = query.to;
    if (query.buckets) sum_up(query, out);
    return out;
  }
  [[nodiscard]] std::optional<core::SeriesSpan> span(core::SeriesId series) override {
    if (series.value != 1) return std::nullopt;
    return core::SeriesSpan{core::from_ms(1'000), core::from_ms(2'000)};
  }
  [[nodiscard]] core::HistoryStats stats() override {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

  // As the store does.
  static void sum_up(const core::HistoryQuery& query, core::HistoryResult& out) {
    out.step = query.buckets->every;
    for (core::HistorySeries& series : out.series) {
      core::Resampler resampler(core::Buckets(*query.buckets, query.from, query.to), query.mode.stat);
      for (std::size_t i = 0; i < series.times.size(); ++i) resampler.add({series.times[i], series.values[0][i]});
      series.names = {std::string(core::to_text(query.mode.stat))};
      series.times.clear();
      series.values[0].clear();
      for (const auto& row : resampler.finish()) {
        series.times.push_back(row.time);
        series.values[0].push_back(row.value);
      }
    }
  }
  void set_stats(const core::HistoryStats& stats) {
    const std::lock_guard lock(mutex_);
    stats_ = stats;
  }
  void block(bool blocked) {
    const std::lock_guard lock(mutex_);
    blocked_ = blocked;
    changed_.notify_all();
  }
  void wait_running(int count) {
    std::unique_lock lock(mutex_);
    while (running_ < count) changed_.wait(lock);
  }
  void wait_cancelled(int count) {
    std::unique_lock lock(mutex_);
    while (cancelled_ < count) changed_.wait(lock);
  }

  core::HistoryQuery last;
  core::HistoryResult result;
  std::optional<core::Error> failure;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  core::HistoryStats stats_;
  bool blocked_ = false;
  int running_ = 0;
  int cancelled_ = 0;
};

class FakeInputs final : public core::InputDirectory {
 public:
  [[nodiscard]] std::vector<core::InputStatus> inputs() const override {
    core::InputStatus plc;
    plc.id = "plc";
    plc.plugin = "modbus";
    plc.state = core::InputState::kFailing;
    plc.reason = "no \"answer\"";
    plc.counters = {{"timeouts", 3}};
    plc.refused = core::RefusedPayloads{{{"payload.not_json", 4}, {"payload.too_large", 2}},
                                        core::from_ms(7'000),
                                        "payload.not_json",
                                        "plant/\\x00",
                                        "",
                                        "<script>\"\\xff",
                                        9'000};
    plc.last_lines = {"one", "two"};
    core::InputStatus broker;
    broker.id = "broker";
    broker.plugin = "mqtt";
    broker.state = core::InputState::kRunning;
    broker.readings = 12;
    broker.last_reading_at = core::from_ms(5'000);
    return {plc, broker};
  }
  [[nodiscard]] core::Result<void> restart(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    restarted_.emplace_back(id);
    return {};
  }
  // Answers with what answer_requests_with() said.
  void request(std::string_view id, core::InputRequest request, std::function<void(core::Result<void>)> done) override {
    const core::Result<void> answer = [&] {
      const std::lock_guard lock(mutex_);
      requests_.emplace_back(id, std::move(request));
      return answer_;
    }();
    done(answer);
  }
  void answer_requests_with(core::Result<void> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  [[nodiscard]] std::vector<std::pair<std::string, core::InputRequest>> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  [[nodiscard]] std::vector<std::string> restarted() const {
    const std::lock_guard lock(mutex_);
    return restarted_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> restarted_;
  std::vector<std::pair<std::string, core::InputRequest>> requests_;
  core::Result<void> answer_;
};

// All of them, and a small page.
struct FakeWorld {
  FakeCatalog catalog;
  FakePipeline pipeline;
  FakeHistory history;
  FakeInputs inputs;
  ManualClock clock;
  std::string page = "<!doctype html><title>page</title>";
  std::string page_gzip = "(gzip of the page)";
  std::string page_brotli = "(brotli)";
  std::string script = "export const a = 1;";
  std::vector<core::Asset> assets;

  FakeWorld() {
    const auto bytes = [](const std::string& text) {
      return std::span<const unsigned char>(reinterpret_cast<const unsigned char*>(text.data()), text.size());
    };
    assets = {{"/", "text/html; charset=utf-8", "\"page1\"", bytes(page), bytes(page_gzip), bytes(page_brotli), false},
              {"/assets/app-1.js", "text/javascript", "\"app1\"", bytes(script), {}, {}, true}};
  }
  [[nodiscard]] net::Dependencies dependencies() {
    return {catalog, pipeline,
            history, inputs,
            clock,   core::Logger(core::make_null_sink(), "net"),
            assets,  {"1.2.3", "press-7", "hall-2", "boot-1", core::from_ms(1'000)},
            nullptr};
  }
};

inline core::Reading reading(const core::SeriesPtr& series, double value, std::int64_t time_ms,
                             core::Quality quality = core::Quality::kGood) {
  return {core::from_ms(time_ms), value, series->id, core::kNoText, quality};
}

inline core::LiveBatch batch(std::initializer_list<core::Reading> readings) {
  auto out = std::make_shared<core::ReadingBatch>();
  for (const core::Reading& one : readings) out->add(one);
  return out;
}

}  // namespace telltale::test
