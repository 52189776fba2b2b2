// What a stranger can send or hold, over real sockets and an injected clock.
#include <chrono>
#include <cstdint>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/running_server.h"

namespace telltale::net {
namespace {

using test::Answer;
using test::fetch;
using test::open_connections;
using test::RawClient;
using test::read_answer;
using test::RunningServer;
using testing::HasSubstr;
using namespace std::chrono_literals;

ServerOptions quick() {
  ServerOptions options;
  options.http.sweep = 5ms;
  return options;
}

TEST(Limits, BrokenRequestsGetTheRightStatusAndTheEnd) {
  RunningServer running;
  const std::string large(17'000, 'x');
  const std::string body_limit = std::to_string(8 * 1'024 * 1'024 + 1);
  const std::pair<std::string, unsigned> cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + large + "\r\n\r\n", 431},
      {"GET /" + large + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431},
      {"GET /../secret HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /%2e%2e/secret HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body_limit + "\r\n\r\n", 413},
      {"POST /api/v1/inputs/plc/restart HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: magic\r\n\r\na", 417},
  };
  for (const auto& [request, status] : cases) {
    RawClient client(running.port());
    client.send(request);
    const Answer answer = read_answer(client);
    EXPECT_EQ(answer.status, status) << request.substr(0, 120);
    EXPECT_EQ(answer.field("connection"), answer.status == 400 && answer.body.find("not allowed") != std::string::npos
                                              ? answer.field("connection")
                                              : "close")
        << request.substr(0, 120);
  }
  EXPECT_TRUE(running.world.pipeline.posted().empty());
  EXPECT_EQ(fetch(running.port(), "GET", "/healthz").status, 200U);
}

TEST(Limits, ChunkedBodiesAreBoundedToo) {
  ServerOptions options;
  options.http.write_bytes = 100;
  RunningServer running(options);
  RawClient client(running.port());
  client.send("POST /write HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("40\r\n" + std::string(64, '#') + "\r\n40\r\n" + std::string(64, '#') + "\r\n0\r\n\r\n");
  EXPECT_EQ(read_answer(client).status, 413U);
}

TEST(Limits, TakesChunkedBodiesAndAsksForThoseThatWait) {
  RunningServer running;
  RawClient client(running.port());
  client.send("POST /write HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("5\r\na val\r\n4\r\nue=1\r\n0\r\n\r\n");
  EXPECT_EQ(read_answer(client).status, 204U);
  ASSERT_EQ(running.world.pipeline.posted().size(), 1U);
  EXPECT_EQ(running.world.pipeline.posted()[0].series.key.text(), "a");
  std::string large;
  while (large.size() < 3'000'000) large += "some.series,tag=value value=12345.678\n";
  EXPECT_EQ(fetch(running.port(), "POST", "/write", {}, large).status, 204U);
}

TEST(Limits, SlowHeadersAndBodiesEnd) {
  RunningServer running(quick());
  RawClient header(running.port());
  RawClient body(running.port());
  RawClient idle(running.port());
  header.send("GET / HTTP/1.1\r\nHost: loc");
  body.send("POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
  (void)body.read_until("\r\n\r\n");
  body.send("a");
  // The connections are where they are once later ones were answered.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(fetch(running.port(), "GET", "/healthz").status, 200U);
  running.world.clock.advance(11s);
  EXPECT_EQ(read_answer(header).status, 408U);
  EXPECT_EQ(header.read_all(), "");
  running.world.clock.advance(5s);
  EXPECT_EQ(read_answer(body).status, 408U);
  running.world.clock.advance(60s);
  EXPECT_EQ(idle.read_all(), "");
}

TEST(Limits, TurnsAwayWhoComesWhenAllSeatsAreTaken) {
  ServerOptions options;
  options.http.connections = 5;
  RunningServer running(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<RawClient>(running.port()));
    clients.back()->send("GET /api/v1/inputs HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(read_answer(*clients.back()).status, 200U);
  }
  RawClient more(running.port());
  const Answer answer = read_answer(more);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(boost::json::parse(answer.body).at("status"), 503);
  clients.pop_back();
  // A seat is given back as soon as the server has seen the end.
  for (int i = 0; i < 1'000; ++i) {
    if (fetch(running.port(), "GET", "/healthz").status == 200) return;
    std::this_thread::yield();
  }
  FAIL() << "no seat came back";
}

TEST(Limits, AClientThatTakesNothingIsLetGo) {
  RunningServer running(quick());
  running.world.script.clear();
  const auto series = running.world.catalog.add("a");
  core::HistorySeries column{series, {"value"}, {}, {{}}, {}};
  for (int i = 0; i < 500'000; ++i) {
    column.times.push_back(core::from_ms(i));
    column.values[0].push_back(i);
  }
  running.world.history.result.series.push_back(std::move(column));
  RawClient client(running.port());
  client.send("GET /api/v1/query?series=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("200"));
  // Sweeps come by the real clock, what they compare with is ours: it moves until only the asking connection is left.
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (open_connections(running) > 1 && std::chrono::steady_clock::now() < give_up) running.world.clock.advance(2s);
  EXPECT_LT(std::chrono::steady_clock::now(), give_up);
  EXPECT_LT(client.read_all().size(), 6'500'000U);  // the whole answer has 6.9 MB
}

}  // namespace
}  // namespace telltale::net
