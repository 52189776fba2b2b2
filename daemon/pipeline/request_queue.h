// Requests to the pipeline's thread, from any thread. Bounded by requests and by the readings they carry: what
// does not fit is refused at once, so that the one who asks can say so.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "daemon/core/fd.h"
#include "daemon/core/mutex.h"

namespace telltale::pipeline {

class Engine;

class RequestQueue {
 public:
  using Request = std::function<void(Engine&)>;
  static constexpr std::size_t kMaxRequests = 4096;
  static constexpr std::size_t kMaxReadings = 1'000'000;

  explicit RequestQueue(core::Fd wake) : wake_(std::move(wake)) {}

  // False when it is full or closed. `readings`: how many the request carries.
  [[nodiscard]] bool push(Request request, std::size_t readings = 0);
  // Never refused: attaching, detaching and stopping.
  void push_always(Request request);
  // Everything that waits, in order.
  [[nodiscard]] std::vector<Request> take();
  // Refuses from now on.
  void close();
  // Readable when something waits.
  [[nodiscard]] int wake_fd() const { return wake_.get(); }
  void wake() const { core::notify(wake_); }
  [[nodiscard]] std::uint64_t refused() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  core::Fd wake_;
  mutable core::Mutex mutex_;
  std::vector<Request> requests_ TELLTALE_GUARDED_BY(mutex_);
  std::size_t readings_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::uint64_t refused_ TELLTALE_GUARDED_BY(mutex_) = 0;
  bool closed_ TELLTALE_GUARDED_BY(mutex_) = false;
};

}  // namespace telltale::pipeline
