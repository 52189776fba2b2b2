// Answers an instance's requests one after the other, beside its own thread: a slow write delays no reading and no
// heartbeat. The thread begins with the first request; most inputs never have one. Owned by whoever owns the instance.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "daemon/host/control_message.h"

namespace telltale::host {

class RequestThread {
 public:
  // `answer` is called on the thread.
  explicit RequestThread(std::function<void(const RequestMessage&)> answer);
  RequestThread(const RequestThread&) = delete;
  RequestThread& operator=(const RequestThread&) = delete;
  // Waits for the request that is being answered, unless that is where it is called from; those behind it are dropped.
  ~RequestThread();

  // Of one thread. As many wait as the asking side lets (RequestDesk::kMaxWaiting).
  void put(RequestMessage request);

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // the thread's as well: it may outlive us
  std::thread thread_;
};

}  // namespace telltale::host
