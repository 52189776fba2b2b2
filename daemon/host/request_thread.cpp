#include "daemon/host/request_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "daemon/core/fd.h"

namespace telltale::host {

struct RequestThread::State {
  std::function<void(const RequestMessage&)> answer;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<RequestMessage> waiting;  // guarded by mutex
  bool over = false;                   // guarded by mutex
};

RequestThread::RequestThread(std::function<void(const RequestMessage&)> answer) : state_(std::make_shared<State>()) {
  state_->answer = std::move(answer);
}

RequestThread::~RequestThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
  }
  state_->changed.notify_all();
  if (!thread_.joinable()) return;
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void RequestThread::put(RequestMessage request) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(request));
  }
  state_->changed.notify_all();
  if (!thread_.joinable()) {
    thread_ = std::thread([state = state_] { run(state); });
  }
}

void RequestThread::run(const std::shared_ptr<State>& state) {
  core::name_thread("requests");
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->changed.wait(lock, [&] { return state->over || !state->waiting.empty(); });
    if (state->over) return;
    const RequestMessage request = std::move(state->waiting.front());
    state->waiting.pop_front();
    lock.unlock();
    state->answer(request);
    lock.lock();
  }
}

}  // namespace telltale::host
