#include "plugins/linux/collect/sensor_thread.h"

#include <exception>
#include <string>

namespace telltale::linux_input {

SensorThread::SensorThread(Machine machine, std::chrono::nanoseconds every, std::chrono::nanoseconds rescan_every,
                           std::vector<std::unique_ptr<Collector>> collectors)
    : machine_(std::move(machine)),
      every_(every),
      rescan_every_(rescan_every),
      collectors_(std::move(collectors)),
      thread_([this] { run(); }) {}

SensorThread::~SensorThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void SensorThread::run() {
  using std::chrono::steady_clock;
  Batch batch(machine_.host);
  auto due = steady_clock::now();
  auto scanned = machine_.host.now() - rescan_every_;
  for (;;) {
    const bool rescan = machine_.host.now() - scanned >= rescan_every_;
    if (rescan) scanned = machine_.host.now();
    collect_once(batch, rescan);
    // Deadlines stand on a grid, so that reading does not drift; those that have passed are skipped.
    const auto now = steady_clock::now();
    due += every_ * (1 + (now > due ? (now - due) / every_ : 0));
    std::unique_lock lock(mutex_);
    if (wake_.wait_until(lock, due, [this] { return stop_; })) return;
  }
}

void SensorThread::collect_once(Batch& batch, bool rescan) {
  for (const auto& collector : collectors_) {
    try {
      Round round{batch, machine_.host.now(), rescan};
      batch.stamp(round.now);
      collector->collect(round);
    } catch (const std::exception& error) {
      machine_.host.error(std::string("sensors: ") + error.what());
    }
    batch.flush();
    const std::lock_guard lock(mutex_);
    if (stop_) return;
  }
}

}  // namespace telltale::linux_input
