// A thread for collectors whose devices take their time, so that they never delay the rest.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "plugins/linux/collect/collector.h"

namespace telltale::linux_input {

// Runs from construction to destruction. Destruction waits for the read that is under way: up to 750 ms per
// thermometer on a 1-Wire bus. Throws std::system_error when no thread can be had.
class SensorThread {
 public:
  SensorThread(Machine machine, std::chrono::nanoseconds every, std::chrono::nanoseconds rescan_every,
               std::vector<std::unique_ptr<Collector>> collectors);
  SensorThread(const SensorThread&) = delete;
  SensorThread& operator=(const SensorThread&) = delete;
  ~SensorThread();

 private:
  void run();
  void collect_once(Batch& batch, bool rescan);

  // Constant after construction; the collectors belong to the thread.
  Machine machine_;
  std::chrono::nanoseconds every_;
  std::chrono::nanoseconds rescan_every_;
  std::vector<std::unique_ptr<Collector>> collectors_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace telltale::linux_input
