// The pipeline's thread: waits for rings and requests, and runs passes.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <thread>

#include "daemon/core/fd.h"
#include "daemon/core/interfaces/reading_source.h"
#include "daemon/pipeline/engine.h"
#include "daemon/pipeline/request_queue.h"
#include "daemon/pipeline/source_feed.h"

namespace telltale::pipeline {

// A sign of life of the thread, see PipelineOptions.
struct Pulse {
  std::function<void()> give;  // may be empty
  core::Duration every{};
};

class Pump {
 public:
  // How many readings one source may give before the others have their turn.
  static constexpr std::size_t kTurn = 4096;

  Pump(Engine& engine, RequestQueue& requests, core::Fd epoll, Pulse pulse);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;
  ~Pump() { stop(); }

  void start();
  // Drains everything that waits, then ends the thread.
  void stop();

  // On the pipeline's thread, out of a request.
  void attach(std::shared_ptr<core::ReadingSource> source);
  void detach(const core::ReadingSource& source);

 private:
  struct Attached {
    explicit Attached(std::shared_ptr<core::ReadingSource> source, Engine& engine) : feed(std::move(source), engine) {}
    SourceFeed feed;
    bool ready = true;            // may have something to drain
    bool signalled = false;       // its wake_fd was readable
    bool floods = false;          // its last turn was not enough for what it had
    bool awake = false;           // does not wake us: looked at again soon
    core::BootTime last_turn;     // began then
    core::BootTime last_found{};  // the last turn that had readings
  };

  void run();
  [[nodiscard]] int patience() const;
  [[nodiscard]] bool wait();
  void give_pulse();
  void run_requests();
  void drain_ready();
  void turn(Attached& attached);
  void drain_all(SourceFeed& feed);

  Engine& engine_;
  RequestQueue& requests_;
  core::Fd epoll_;
  Pulse pulse_;
  std::list<Attached> sources_;
  core::BootTime next_slide_{};  // when watched windows slide without a reading
  core::BootTime next_second_{};
  core::BootTime next_pulse_{};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace telltale::pipeline
