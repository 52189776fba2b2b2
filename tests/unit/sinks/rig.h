// A sender over fakes: a history that is a list, a catalog, and another side that answers as it is told.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stdlib.h>

#include "daemon/sinks/sender.h"
#include "tests/support/manual_clock.h"

namespace telltale::test {

inline constexpr std::int64_t kSecond = 1'000'000'000;

class SeriesList final : public core::Catalog {
 public:
  core::SeriesId add(std::string_view key, core::SeriesKind kind = core::SeriesKind::kGauge) {
    auto info = std::make_shared<core::SeriesInfo>();
    info->declaration.key = core::parse_series_key(key).value();
    info->declaration.kind = kind;
    info->key_text = info->declaration.key.text();
    info->id = core::SeriesId{static_cast<std::uint32_t>(all_.size() + 1)};
    all_.push_back(info);
    return info->id;
  }
  [[nodiscard]] std::uint64_t generation() const override { return all_.size(); }
  [[nodiscard]] std::vector<core::SeriesPtr> match(const core::Selector& wanted) const override {
    std::vector<core::SeriesPtr> found;
    for (const auto& one : all_) {
      if (wanted.matches(one->declaration.key)) found.push_back(one);
    }
    return found;
  }
  [[nodiscard]] core::SeriesPtr find(core::SeriesId id) const override {
    return id.value >= 1 && id.value <= all_.size() ? all_[id.value - 1] : nullptr;
  }

 private:
  std::vector<core::SeriesPtr> all_;
};

struct Kept {
  core::SeriesId series;
  std::int64_t time = 0;
  double value = 0;
  bool uncertain = false;
};

// Readings, and of what went only how many there were.
class ListHistory final : public core::HistoryReader {
 public:
  [[nodiscard]] core::Result<core::HistoryResult> query(const core::HistoryQuery& query) override {
    core::HistoryResult result;
    const std::int64_t from = query.from.time_since_epoch().count();
    const std::int64_t to = query.to.time_since_epoch().count();
    std::uint64_t read = 0;
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.time < b.time; });
    for (const core::SeriesPtr& series : query.series) {
      core::HistorySeries one;
      one.series = series;
      std::map<std::int64_t, std::vector<double>> buckets;
      std::vector<double> values;
      const bool stat = query.mode.kind == core::HistoryQuery::Mode::Kind::kStat;
      for (const Kept& kept : all) {
        if (kept.series != series->id || kept.time < from || kept.time >= to) continue;
        if (gone && kept.time <= *gone && !(stat && query.mode.stat == core::Stat::kCount)) continue;
        ++read;
        const core::WallTime time{core::Duration(kept.time)};
        if (stat) {
          const std::int64_t step = query.buckets ? query.buckets->every.count() : to - from;
          buckets[kept.time / step * step].push_back(kept.value);
          continue;
        }
        one.times.push_back(time);
        values.push_back(kept.value);
        if (kept.uncertain) one.uncertain.push_back({time, time});
      }
      for (const auto& [begin, in] : buckets) {
        one.times.emplace_back(core::Duration(begin));
        values.push_back(of(query.mode.stat, in));
      }
      one.values.push_back(std::move(values));
      result.series.push_back(std::move(one));
    }
    if (query.max_readings != 0 && read > query.max_readings) {
      return core::make_error(core::ErrorCode::kLimit, "too many");
    }
    if (gone) result.gone = core::WallTime{core::Duration(*gone)};
    return result;
  }
  [[nodiscard]] std::optional<core::SeriesSpan> span(core::SeriesId /*series*/) override { return std::nullopt; }
  [[nodiscard]] core::HistoryStats stats() override { return {}; }
  [[nodiscard]] bool corrected() override { return is_corrected; }

  std::vector<Kept> all;
  std::optional<std::int64_t> gone;
  bool is_corrected = true;

 private:
  static double of(core::Stat stat, const std::vector<double>& in) {
    if (stat == core::Stat::kCount) return static_cast<double>(in.size());
    if (stat == core::Stat::kLast) return in.back();
    if (stat == core::Stat::kMax) return *std::max_element(in.begin(), in.end());
    double sum = 0;
    for (const double value : in) sum += value;
    return sum / static_cast<double>(in.size());
  }
};

class NoInstances final : public core::InputDirectory {
 public:
  [[nodiscard]] std::vector<core::InputStatus> inputs() const override {
    core::InputStatus one;
    one.id = "central";
    one.restarts = restarts;
    return {one};
  }
  [[nodiscard]] core::Result<void> restart(std::string_view /*id*/) override { return {}; }
  void request(std::string_view /*id*/, core::InputRequest /*request*/,
               std::function<void(core::Result<void>)> /*done*/) override {}
  std::uint64_t restarts = 0;
};

// In memory, as the run directory is: a sink writes there each second.
class MemoryDirectory {
 public:
  MemoryDirectory() {
    const bool shared = std::filesystem::is_directory("/dev/shm");
    const auto base = shared ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    std::string pattern = (base / "telltale-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    path_ = pattern;
  }
  MemoryDirectory(const MemoryDirectory&) = delete;
  MemoryDirectory& operator=(const MemoryDirectory&) = delete;
  ~MemoryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class Rig {
 public:
  explicit Rig(core::SinkConfig config = {}) : config_(std::move(config)) {
    config_.instance.id = "central";
    if (config_.series.empty()) config_.series = {"*"};
    context_.time_known = true;
    context_.send = [this](const std::string& /*id*/, std::uint64_t number, core::OutgoingBatchPtr batch) {
      on_its_way_.emplace_back(number, std::move(batch));
    };
  }

  // A sender with what it kept on disk; the one before is gone as after a kill, but for its files.
  void start() { sender_ = std::make_unique<sinks::Sender>(context_, config_); }
  void clean_start() {
    start();
    run();
  }
  void configure(core::SinkConfig config) {
    config_ = std::move(config);
    config_.instance.id = "central";
  }

  [[nodiscard]] std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }
  // A reading is measured now: it is kept, and goes by.
  void measure(core::SeriesId series, double value, core::Quality quality = core::Quality::kGood) {
    measure_at(series, now(), value, quality);
  }
  void measure_at(core::SeriesId series, std::int64_t time, double value,
                  core::Quality quality = core::Quality::kGood) {
    history.all.push_back({series, time, value, quality == core::Quality::kUncertain});
    core::ReadingBatch batch;
    core::Reading reading;
    reading.time = core::WallTime{core::Duration(time)};
    reading.value = value;
    reading.series = series;
    reading.quality = quality;
    batch.add(reading);
    if (sender_) sender_->take(batch);
  }

  // What the other side makes of a batch: the error, or nothing.
  using Other = std::function<core::Result<void>(const core::OutgoingBatch& batch)>;
  Other other = [](const core::OutgoingBatch&) -> core::Result<void> { return {}; };

  // Time passes, in small steps, and batches are answered.
  void run(core::Duration length = std::chrono::seconds(2), core::Duration step = std::chrono::milliseconds(50)) {
    for (core::Duration passed{}; passed < length; passed += step) {
      clock.advance(step);
      work();
    }
  }
  void work() {
    for (int turn = 0; turn < 100; ++turn) {
      (void)sender_->step(clock.boot_now());
      if (on_its_way_.empty()) continue;
      const auto [number, batch] = std::move(on_its_way_.front());
      on_its_way_.clear();
      ++requests;
      const core::Result<void> how = other(*batch);
      if (how) note(*batch);
      sender_->answered(number, how);
    }
  }
  [[nodiscard]] sinks::Sender& sender() { return *sender_; }
  [[nodiscard]] sinks::SenderContext& context() { return context_; }

  // (name, time) -> values, in the order in which they were taken
  std::map<std::pair<std::string, std::int64_t>, std::vector<double>> taken;
  std::vector<std::pair<std::string, double>> order;
  int requests = 0;
  MemoryDirectory directory;
  ManualClock clock;
  SeriesList catalog;
  ListHistory history;
  NoInstances instances;

 private:
  void note(const core::OutgoingBatch& batch) {
    for (const core::OutgoingReading& reading : batch.readings) {
      const std::string& name = batch.series[reading.series]->key_text;
      taken[{name, reading.time.time_since_epoch().count()}].push_back(reading.value);
      order.emplace_back(name, reading.value);
    }
  }

  core::SinkConfig config_;
  sinks::SenderContext context_{catalog,
                                history,
                                instances,
                                clock,
                                core::Logger(core::make_null_sink(), "test"),
                                directory.path("run"),
                                directory.path("state")};
  std::vector<std::pair<std::uint64_t, core::OutgoingBatchPtr>> on_its_way_;
  std::unique_ptr<sinks::Sender> sender_;
};

}  // namespace telltale::test
