// Timers and tasks of the net thread, over a real io_context.
#include "daemon/net/asio_loop.h"

#include <chrono>
#include <functional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace telltale::net {
namespace {

using namespace std::chrono_literals;

TEST(AsioTimer, RunsItsTaskOncePerArm) {
  boost::asio::io_context io;
  const auto loop = make_asio_loop(io);
  int runs = 0;
  const auto timer = loop->make_timer([&] { ++runs; });
  timer->arm(0ms);
  io.run();
  io.restart();
  timer->arm(0ms);
  io.run();
  EXPECT_EQ(runs, 2);
}

// Two timers that are both due: their waits end together, and the first task finds the second one's in the queue.
class DueTogether : public testing::Test {
 protected:
  void run(const std::function<void(LoopTimer&)>& first) {
    boost::asio::io_context io;
    const auto loop = make_asio_loop(io);
    const auto second = loop->make_timer([this] { ++runs_; });
    const auto one = loop->make_timer([&] { first(*second); });
    one->arm(0ms);
    second->arm(1ns);
    std::this_thread::sleep_for(1ms);  // no luck is needed: from 1 ns on both are due
    io.run_for(10s);
    EXPECT_TRUE(io.stopped()) << "something is still armed";
  }
  int runs_ = 0;
};

TEST_F(DueTogether, ACancelledTaskDoesNotRun) {
  run([](LoopTimer& second) { second.cancel(); });
  EXPECT_EQ(runs_, 0);
}

TEST_F(DueTogether, ATaskThatIsArmedAnewRunsOnce) {
  run([](LoopTimer& second) { second.arm(1ms); });
  EXPECT_EQ(runs_, 1);
}

}  // namespace
}  // namespace telltale::net
