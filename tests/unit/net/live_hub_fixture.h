// A live hub over fakes, with a loop and a clock that the test moves, and clients that read what they are sent.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "daemon/net/live_hub.h"
#include "daemon/net/viewer.h"
#include "tests/unit/net/fakes.h"
#include "tests/unit/net/manual_loop.h"

namespace telltale::net {

namespace json = boost::json;
using test::batch;
using test::reading;
using namespace std::chrono_literals;

// A viewer's client that takes messages when the test says so.
struct HubClient {
  explicit HubClient(LiveHub& hub) : viewer(std::make_unique<Viewer>(hub)) {}

  std::vector<json::object> take(std::size_t at_most = 1'000) {
    std::vector<json::object> messages;
    Outgoing out;
    while (messages.size() < at_most && viewer->next(out)) {
      bodies.push_back(out.body);
      messages.push_back(json::parse(out.head + (out.body ? *out.body : std::string())).as_object());
    }
    return messages;
  }
  void say(std::string_view message) const { viewer->receive(message); }

  std::unique_ptr<Viewer> viewer;
  std::vector<FrameBody> bodies;
};

inline std::string op_of(const json::object& message) { return std::string(message.at("op").as_string()); }

inline std::vector<std::string> ops_of(const std::vector<json::object>& messages) {
  std::vector<std::string> ops;
  ops.reserve(messages.size());
  for (const auto& message : messages) ops.push_back(op_of(message));
  return ops;
}

inline std::string rows_of(const json::object& message) { return json::serialize(message.at("rows")); }

class LiveHubTest : public testing::Test {
 public:
  LiveHubTest(const LiveHubTest&) = delete;
  LiveHubTest& operator=(const LiveHubTest&) = delete;
  ~LiveHubTest() override {
    hub->shut_down();
    loop->run();
  }

 protected:
  explicit LiveHubTest(LiveLimits chosen = {}) : limits(chosen) {
    hub = std::make_unique<LiveHub>(LiveHub::Parts{world.catalog, world.pipeline, world.clock, loop,
                                                   core::Logger(core::make_null_sink(), "net"), "1.2.3", "boot-1"},
                                    limits);
  }

  void publish(std::initializer_list<core::Reading> readings) {
    hub->publish(batch(readings));
    loop->run();
  }
  // A second of the server's housekeeping.
  void second() {
    loop->advance(1s);
    hub->tick();
    loop->run();
  }

  test::FakeWorld world;
  LiveLimits limits;
  std::shared_ptr<test::ManualLoop> loop = std::make_shared<test::ManualLoop>(world.clock);
  std::unique_ptr<LiveHub> hub;
};

}  // namespace telltale::net
