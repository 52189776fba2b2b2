// A consumer as the pipeline is one: a thread that waits on the wake descriptors, drains, releases, and keeps what
// came. wait_for() blocks until something is true of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

#include "daemon/core/fd.h"
#include "daemon/core/interfaces/reading_source.h"

namespace telltale::test {

struct Arrival {
  std::string series;
  double value = 0;
  std::string text;
  std::int64_t time = 0;  // as published
};

// What came of one input.
struct Heard {
  int restarts = 0;
  std::vector<Arrival> readings;
};
using HeardByInput = std::map<std::string, Heard>;

class DrainThread final : public core::SourceConsumer {
 public:
  DrainThread() : thread_([this] { run(); }) {}
  DrainThread(const DrainThread&) = delete;
  DrainThread& operator=(const DrainThread&) = delete;
  ~DrainThread() override {
    {
      const std::lock_guard lock(mutex_);
      end_ = true;
    }
    core::notify(changed_);
    thread_.join();
  }

  void attach(std::shared_ptr<core::ReadingSource> source) override {
    change([&] { coming_.push_back(source); });
  }
  void detach(std::shared_ptr<core::ReadingSource> source) override {
    change([&] { going_.push_back(source); });
  }

  [[nodiscard]] bool wait_for(const std::function<bool(const HeardByInput&)>& condition,
                              std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    std::unique_lock lock(mutex_);
    return news_.wait_for(lock, patience, [&] { return condition(heard_); });
  }
  [[nodiscard]] HeardByInput heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  class Visitor final : public core::SourceVisitor {
   public:
    Visitor(DrainThread& owner, std::string input) : owner_(owner), input_(std::move(input)) {}
    void on_restart() override {
      names_.clear();
      const std::lock_guard lock(owner_.mutex_);
      ++owner_.heard_[input_].restarts;
    }
    void on_series(std::uint32_t number, const core::SeriesDeclaration& declaration) override {
      names_[number] = declaration.key.text();
    }
    void on_readings(std::span<const telltale_reading> batch) override {
      const std::lock_guard lock(owner_.mutex_);
      for (const auto& reading : batch) {
        owner_.heard_[input_].readings.push_back({names_.at(reading.series), reading.value, {}, reading.time});
      }
    }
    void on_text(const telltale_reading& reading, std::string_view text) override {
      const std::lock_guard lock(owner_.mutex_);
      owner_.heard_[input_].readings.push_back({names_.at(reading.series), 0, std::string(text), reading.time});
    }

   private:
    DrainThread& owner_;
    std::string input_;
    std::map<std::uint32_t, std::string> names_;
  };
  struct Attached {
    std::shared_ptr<core::ReadingSource> source;
    std::unique_ptr<Visitor> visitor;
  };

  template <class Change>
  void change(Change&& apply) {
    {
      const std::lock_guard lock(mutex_);
      apply();
    }
    core::notify(changed_);
  }
  void drain(Attached& attached) {
    while (attached.source->drain(*attached.visitor, 4'096)) attached.source->release();
    attached.source->release();
  }
  void run() {
    std::vector<Attached> attached;
    for (;;) {
      std::vector<std::shared_ptr<core::ReadingSource>> going;
      {
        const std::lock_guard lock(mutex_);
        for (auto& source : coming_) {
          attached.push_back({source, std::make_unique<Visitor>(*this, source->input_id())});
        }
        coming_.clear();
        going.swap(going_);
        if (end_) return;
      }
      for (Attached& each : attached) drain(each);
      news_.notify_all();
      std::erase_if(attached,
                    [&](Attached& each) { return std::find(going.begin(), going.end(), each.source) != going.end(); });
      std::vector<pollfd> descriptors{{changed_.get(), POLLIN, 0}};
      for (const Attached& each : attached) descriptors.push_back({each.source->wake_fd(), POLLIN, 0});
      ::poll(descriptors.data(), descriptors.size(), -1);
      core::clear(changed_);
    }
  }

  std::mutex mutex_;
  std::condition_variable news_;
  core::Fd changed_ = *core::make_eventfd();
  HeardByInput heard_;
  std::vector<std::shared_ptr<core::ReadingSource>> coming_;
  std::vector<std::shared_ptr<core::ReadingSource>> going_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace telltale::test
