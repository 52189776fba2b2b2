#include "daemon/net/asio_loop.h"

#include <cstdint>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace telltale::net {

namespace {

namespace asio = boost::asio;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

// A wait that has ended may stand in the context's queue already, beyond the reach of Asio's cancel: its number tells
// whether it is still the one that is waited for.
class AsioTimer final : public LoopTimer {
 public:
  AsioTimer(asio::io_context& context, std::function<void()> task)
      : timer_(context), state_(std::make_shared<State>(State{std::move(task), 0})) {}

  void arm(core::Duration in) override {
    timer_.expires_after(in);
    timer_.async_wait([weak = std::weak_ptr(state_), wait = ++state_->wait](boost::system::error_code error) {
      const auto state = weak.lock();
      if (!error && state != nullptr && state->wait == wait) state->task();
    });
  }
  void cancel() override {
    ++state_->wait;
    timer_.cancel();
  }

 private:
  struct State {
    std::function<void()> task;
    std::uint64_t wait = 0;
  };
  Timer timer_;
  std::shared_ptr<State> state_;
};

class AsioLoop final : public EventLoop {
 public:
  explicit AsioLoop(asio::io_context& context) : context_(context) {}
  void post(std::function<void()> task) override { asio::post(context_, std::move(task)); }
  std::unique_ptr<LoopTimer> make_timer(std::function<void()> task) override {
    return std::make_unique<AsioTimer>(context_, std::move(task));
  }

 private:
  asio::io_context& context_;
};

}  // namespace

std::shared_ptr<EventLoop> make_asio_loop(asio::io_context& context) { return std::make_shared<AsioLoop>(context); }

}  // namespace telltale::net
