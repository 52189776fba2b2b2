// The live hub over real sockets: WebSocket with Beast's own client, Server-Sent Events with raw bytes.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/net/running_server.h"

namespace telltale::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
namespace websocket = boost::beast::websocket;
using test::batch;
using test::RawClient;
using test::reading;
using test::RunningServer;
using testing::HasSubstr;
using namespace std::chrono_literals;

// A blocking client; reads give up after ten seconds.
class WebSocketClient {
 public:
  explicit WebSocketClient(std::uint16_t port, const std::string& subprotocol = "telltale.json.v1",
                           const std::string& origin = {})
      : stream_(context_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    const timeval patience{10, 0};
    ::setsockopt(stream_.next_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    stream_.set_option(websocket::stream_base::decorator([=](websocket::request_type& request) {
      if (!subprotocol.empty()) request.set(beast::http::field::sec_websocket_protocol, subprotocol);
      if (!origin.empty()) request.set(beast::http::field::origin, origin);
    }));
    stream_.handshake(response_, "localhost:" + std::to_string(port), "/api/v1/live", failed);
  }
  void say(std::string_view text) { stream_.write(asio::buffer(text.data(), text.size())); }
  json::object read() {
    beast::flat_buffer buffer;
    stream_.read(buffer, failed);
    if (failed) return {{"op", "failed: " + failed.message()}};
    return json::parse(beast::buffers_to_string(buffer.cdata())).as_object();
  }
  // Up to the next message of that op.
  json::object read(std::string_view op) {
    for (;;) {
      auto message = read();
      if (failed || std::string_view(message.at("op").as_string()) == op) return message;
    }
  }
  websocket::stream<asio::ip::tcp::socket>& stream() { return stream_; }
  [[nodiscard]] const websocket::response_type& response() const { return response_; }
  boost::system::error_code failed;

 private:
  asio::io_context context_;
  websocket::stream<asio::ip::tcp::socket> stream_;
  websocket::response_type response_;
};

TEST(WebSocket, SubscribesReceivesAndUnsubscribes) {
  RunningServer running;
  const auto oil = running.world.catalog.add("press7.oil", core::SeriesKind::kGauge, "°C");
  running.world.pipeline.set_latest(oil, 20, 500);
  WebSocketClient client(running.port());
  ASSERT_FALSE(client.failed) << client.failed.message();
  EXPECT_EQ(client.response()["Sec-WebSocket-Protocol"], "telltale.json.v1");
  EXPECT_EQ(client.read().at("op"), "hello");
  client.say(R"({"op":"subscribe","id":"a","series":["press7.*"]})");
  EXPECT_EQ(client.read().at("op"), "series");
  EXPECT_EQ(json::serialize(client.read().at("rows")), "[[0,500,20]]");
  running.publish(batch({reading(oil, 21, 600)}));
  EXPECT_EQ(json::serialize(client.read().at("rows")), "[[0,600,21]]");
  const auto late = running.world.catalog.add("press7.speed");
  running.publish(batch({reading(late, 1, 700)}));
  EXPECT_EQ(client.read().at("series").as_array()[0].at("ref"), 1);
  running.world.clock.advance(1s);
  running.publish(batch({reading(late, 2, 701)}));
  EXPECT_EQ(client.read("data").at("id"), "a");
  client.say(R"({"op":"unsubscribe","id":"a"})");
  client.say(R"({"op":"unsubscribe","id":"a"})");
  EXPECT_EQ(client.read("error").at("code"), "not_found");
  client.stream().close(websocket::close_code::normal);
}

TEST(WebSocket, RefusesForeignPagesAndOtherProtocols) {
  RunningServer running;
  EXPECT_EQ(WebSocketClient(running.port(), "telltale.json.v1", "http://evil.example").response().result_int(), 403U);
  EXPECT_EQ(WebSocketClient(running.port(), "chat").response().result_int(), 400U);
  EXPECT_FALSE(WebSocketClient(running.port(), "").failed);
  EXPECT_FALSE(WebSocketClient(running.port(), "chat, telltale.json.v1").failed);
  const std::string own = "http://localhost:" + std::to_string(running.port());
  EXPECT_FALSE(WebSocketClient(running.port(), "telltale.json.v1", own).failed);
  const auto plain = test::fetch(running.port(), "GET", "/api/v1/live");
  EXPECT_EQ(plain.status, 426U);
  EXPECT_EQ(plain.field("upgrade"), "websocket");
}

TEST(WebSocket, ClosesOnMessagesThatAreTooLargeOrBinary) {
  RunningServer running;
  {
    WebSocketClient client(running.port());
    client.read();
    client.say(std::string(70'000, 'x'));
    client.read();
    EXPECT_TRUE(client.failed);  // of which kind, depends on whether our answer to the close still met somebody
    EXPECT_EQ(client.stream().reason().code, websocket::close_code::too_big);
  }
  {
    WebSocketClient client(running.port());
    client.read();
    client.stream().binary(true);
    client.say("bytes");
    client.read();
    EXPECT_EQ(client.stream().reason().code, websocket::close_code::unknown_data);
  }
}

TEST(WebSocket, AStalledViewerHoldsLittleAndIsCurrentWhenItComesBack) {
  ServerOptions options;
  options.http.sweep = 5ms;
  RunningServer running(options);
  std::vector<core::SeriesPtr> series;
  series.reserve(200);
  for (int i = 0; i < 200; ++i) series.push_back(running.world.catalog.add("s" + std::to_string(i)));
  WebSocketClient stalled(running.port());
  WebSocketClient quick(running.port());
  for (WebSocketClient* client : {&stalled, &quick}) {
    client->read();
    client->say(R"({"op":"subscribe","id":"a","series":["s*"],"rate":60})");
    client->read("series");
  }
  // 2,000 frames of about 4 KB: far more than sockets and ring can hold.
  for (int i = 0; i < 2'000; ++i) {
    auto readings = std::make_shared<core::ReadingBatch>();
    for (const auto& one : series) readings->add(reading(one, i, 1'000 + i));
    running.world.clock.advance(17ms);
    running.publish(readings);
    const auto message = quick.read();
    ASSERT_EQ(message.at("op"), "data") << i;
    ASSERT_EQ(message.at("rows").as_array().size(), 200U) << "nobody else notices";
  }
  bool gap = false;
  std::size_t frames = 0;
  for (;;) {
    const auto message = stalled.read();
    ASSERT_FALSE(stalled.failed) << stalled.failed.message();
    if (message.at("op") == "gap") gap = true;
    if (message.at("op") != "data") continue;
    ++frames;
    if (message.at("rows").as_array()[0].as_array()[1] == 2'999) break;
  }
  EXPECT_TRUE(gap);
  EXPECT_LT(frames, 1'500U) << "what it missed was merged";
}

TEST(WebSocket, PingsTheSilentAndLetsTheDeadGo) {
  ServerOptions options;
  options.http.sweep = 2ms;
  RunningServer running(options);
  RawClient dead(running.port());  // never answers a ping
  dead.send(
      "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_THAT(dead.read_until("\r\n\r\n"), HasSubstr("101"));
  EXPECT_THAT(dead.read_until("}"), HasSubstr("hello"));
  running.world.clock.advance(26s);
  EXPECT_EQ(dead.read_exactly(2), std::string("\x89\x00", 2));
  // What the server still believes to be under way when time moves counts from then on: it moves until all is over.
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (test::open_connections(running) > 1 && std::chrono::steady_clock::now() < give_up)
    running.world.clock.advance(10s);
  EXPECT_LT(std::chrono::steady_clock::now(), give_up);
}

TEST(Events, StreamsSeriesThenReadingsWithIds) {
  RunningServer running;
  const auto oil = running.world.catalog.add("press7.oil");
  running.world.pipeline.set_latest(oil, 1, 100);
  RawClient client(running.port());
  client.send("GET /api/v1/events?series=press7.*&rate=60 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("event: hello\ndata: {\"op\":\"hello\""));
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("event: series\ndata: {\"op\":\"series\",\"id\":\"events\""));
  const std::string first = client.read_until("\n\n");
  EXPECT_THAT(first, HasSubstr("id: "));
  EXPECT_THAT(first, HasSubstr("\"rows\":[[0,100,1]]"));
  running.world.clock.advance(1s);
  running.publish(batch({reading(oil, 2, 200)}));
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("\"rows\":[[0,200,2]]"));
}

TEST(Events, ResumesByLastEventId) {
  RunningServer running;
  const auto a = running.world.catalog.add("a");
  std::string id;
  {
    RawClient client(running.port());
    client.send("GET /api/v1/events?series=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.read_until("\n\n"), HasSubstr("event: hello"));
    EXPECT_THAT(client.read_until("\n\n"), HasSubstr("event: series"));
    running.publish(batch({reading(a, 1, 1)}));
    const std::string event = client.read_until("\n\n");
    const auto at = event.find("id: ");
    ASSERT_NE(at, std::string::npos) << event;
    id = event.substr(at + 4, event.find('\n', at) - at - 4);
  }
  running.world.clock.advance(1s);
  running.publish(batch({reading(a, 2, 2)}));
  RawClient again(running.port());
  again.send("GET /api/v1/events?series=a HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + id + "\r\n\r\n");
  EXPECT_THAT(again.read_until("\n\n"), HasSubstr("event: hello"));
  EXPECT_THAT(again.read_until("\n\n"), HasSubstr("event: series"));
  EXPECT_THAT(again.read_until("\n\n"), HasSubstr("[[0,2,2]]"));
}

TEST(Events, AreRefusedWhenTheyMakeNoSense) {
  RunningServer running;
  EXPECT_EQ(test::fetch(running.port(), "GET", "/api/v1/events?rate=fast").status, 400U);
  EXPECT_EQ(test::fetch(running.port(), "GET", "/api/v1/events?series=%7Ba").status, 400U);
  EXPECT_EQ(test::fetch(running.port(), "GET", "/api/v1/events?since=yesterday").status, 400U);
  EXPECT_EQ(test::fetch(running.port(), "GET", "/api/v1/events?since=-1").status, 400U);
  EXPECT_EQ(test::fetch(running.port(), "HEAD", "/api/v1/events", "Last-Event-ID: of-another-server\r\n").status, 200U);
  EXPECT_EQ(test::fetch(running.port(), "HEAD", "/api/v1/events").status, 200U);
}

}  // namespace
}  // namespace telltale::net
