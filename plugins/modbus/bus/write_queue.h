// Hands outputs from whoever sets them to the bus' thread, and the outcome back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <telltale/abi.h>

#include "plugins/modbus/link/link.h"

namespace telltale::modbus {

// What is to be set.
struct Command {
  std::string name;
  double value = 0;
  Time deadline{};
};

// How it went; the reason in words when it did not.
struct WriteResult {
  telltale_result result = TELLTALE_OK;
  std::string reason;
};

// Every call may come from every thread.
class WriteQueue {
 public:
  static constexpr std::size_t kMaxWaiting = 16;  // more are refused at once

  // `wake_fd`: an eventfd that ends the bus' sleep. Borrowed.
  explicit WriteQueue(int wake_fd) : wake_fd_(wake_fd) {}

  // Waits until the bus has done it, but not longer than `patience`.
  [[nodiscard]] WriteResult put(Command command, std::chrono::nanoseconds patience);

  // Of the bus' thread: what is to be done next, and its outcome.
  [[nodiscard]] std::optional<Command> take();
  void done(WriteResult result);
  // Nothing is taken any more: all that wait get TELLTALE_E_STOPPED.
  void close();

 private:
  struct Job {
    Command command;
    std::optional<WriteResult> result;
  };

  int wake_fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;  // guarded by mutex_
  std::shared_ptr<Job> current_;              // guarded by mutex_
  bool is_closed_ = false;                    // guarded by mutex_
};

}  // namespace telltale::modbus
