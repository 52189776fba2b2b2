// The ends of the pipeline, as tests see them: what reached the journal and what reached viewers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/mutex.h"

namespace telltale::test {

class RecordingHistory final : public core::HistoryWriter {
 public:
  void declare(const core::SeriesInfo& series) override { declared.push_back(series); }
  core::Result<std::uint64_t> append(const core::ReadingBatch& batch) override {
    if (full) return core::make_error(core::ErrorCode::kLimit, "the journal is full");
    for (const core::Reading& reading : batch.readings()) {
      readings.push_back(reading);
      texts.emplace_back(batch.text_of(reading));
    }
    return static_cast<std::uint64_t>(readings.size());
  }
  // As the store's contract says, on what is recorded here; positions are counts of readings.
  core::Result<void> correct_times(const core::TimeCorrection& correction) override {
    corrections.push_back(correction);
    for (std::size_t i = correction.since; i < readings.size(); ++i) {
      core::Reading& reading = readings[i];
      if (reading.by_source || reading.time < correction.from || reading.time > correction.to) continue;
      reading.time += correction.shift;
      if (correction.certain && reading.quality == core::Quality::kUncertain) reading.quality = core::Quality::kGood;
    }
    return {};
  }
  void when_durable(std::uint64_t position, std::function<void(core::Result<void>)> done) override {
    waiting.emplace_back(position, std::move(done));
  }

  [[nodiscard]] bool tight() const override { return has_little_room; }

  bool full = false;
  std::atomic<bool> has_little_room = false;
  std::vector<core::SeriesInfo> declared;
  std::vector<core::Reading> readings;
  std::vector<std::string> texts;
  std::vector<core::TimeCorrection> corrections;
  std::vector<std::pair<std::uint64_t, std::function<void(core::Result<void>)>>> waiting;
};

class RecordingLive final : public core::LiveSink {
 public:
  void publish(core::LiveBatch batch) override {
    const core::MutexLock lock(mutex_);
    batches_.push_back(std::move(batch));
    changed_.notify_all();
  }
  void rewritten(core::WallTime from, core::WallTime to) override {
    const core::MutexLock lock(mutex_);
    rewritten_.emplace_back(from, to);
  }
  // Moves and the word that the clock is known, with how many batches had been published before.
  struct Told {
    std::string what;
    std::size_t batches = 0;
    core::Duration shift{};
  };
  void moved(core::WallTime /*from*/, core::WallTime /*to*/, core::Duration shift) override {
    const core::MutexLock lock(mutex_);
    told_.push_back({"moved", batches_.size(), shift});
  }
  void time_known() override {
    const core::MutexLock lock(mutex_);
    told_.push_back({"known", batches_.size(), {}});
  }
  std::vector<Told> told() const {
    const core::MutexLock lock(mutex_);
    return told_;
  }
  std::vector<std::pair<core::WallTime, core::WallTime>> rewritten_spans() const {
    const core::MutexLock lock(mutex_);
    return rewritten_;
  }
  // All readings so far, in order.
  std::vector<core::Reading> readings() const {
    const core::MutexLock lock(mutex_);
    std::vector<core::Reading> all;
    for (const auto& batch : batches_) all.insert(all.end(), batch->readings().begin(), batch->readings().end());
    return all;
  }
  // Waits until so many readings came; false when ten seconds were not enough.
  bool wait_for(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    mutex_.lock();
    std::size_t got = total();
    while (got < count && changed_.wait_until(mutex_, deadline) == std::cv_status::no_timeout) got = total();
    mutex_.unlock();
    return got >= count;
  }

 private:
  std::size_t total() const TELLTALE_REQUIRES(mutex_) {
    std::size_t sum = 0;
    for (const auto& batch : batches_) sum += batch->size();
    return sum;
  }
  mutable core::Mutex mutex_;
  core::Condition changed_;
  std::vector<core::LiveBatch> batches_ TELLTALE_GUARDED_BY(mutex_);
  std::vector<std::pair<core::WallTime, core::WallTime>> rewritten_ TELLTALE_GUARDED_BY(mutex_);
  std::vector<Told> told_ TELLTALE_GUARDED_BY(mutex_);
};

inline core::SeriesDeclaration gauge(std::string name) {
  core::SeriesDeclaration declaration;
  declaration.key.name = std::move(name);
  return declaration;
}

}  // namespace telltale::test
