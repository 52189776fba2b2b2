// The server's own sessions over one end of a socket pair, for fuzz targets: what a client sends is fuzzed, and what
// comes back is handed out. Everything on one thread, but for the pools behind the routes.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/net/asio_loop.h"
#include "daemon/net/hall.h"
#include "daemon/net/http_session.h"
#include "tests/unit/net/fakes.h"

namespace telltale::test {

inline void expect(bool holds) {
  if (!holds) std::abort();
}

class FuzzServer {
 public:
  FuzzServer() : world_(std::make_unique<FakeWorld>()), loop_(net::make_asio_loop(io_)) {
    door = world_->catalog.add("door", core::SeriesKind::kState, {}, {{0, "open"}, {1, "shut"}});
    oil = world_->catalog.add("press7.oil{room=\"a\"}", core::SeriesKind::kGauge, "°C");
    note = world_->catalog.add("note", core::SeriesKind::kEvent);
    world_->pipeline.set_latest(oil, 21.5, 1'000);
    world_->pipeline.set_latest(door, 1, 900, core::Quality::kStale);
    net::HttpLimits limits;
    limits.connections = 64;
    site_ = std::make_shared<net::Site>(
        net::SiteOptions{{net::View::kLogin, net::WriteAccess::kLoopback, {}, true, {}}, limits, net::LiveLimits{}},
        world_->dependencies(), loop_);
    connections_ = std::make_shared<net::Connections>(limits, site_->counters());
  }

  // One client over the device's own socket, who may do everything: sends `opening` and waits for a header to be
  // answered, when there is one; sends the bytes, then no more. What it was sent until its connection ended.
  // `patient`: waits a moment for answers before it says that it has no more to send.
  std::string talk(std::string_view opening, std::string_view bytes, bool patient) {
    int ends[2];
    expect(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    const core::Fd client(ends[0]);
    net::Socket socket(io_);
    socket.assign(net::Protocol(AF_UNIX, 0), ends[1]);
    auto seat = connections_->admit({net::PeerKind::kUnixSocket, {}});
    expect(seat != nullptr);
    net::start_http_session(net::Stream(std::move(socket)), std::move(seat), {site_, connections_});
    std::string answer;
    if (!opening.empty()) {
      expect(::send(client.get(), opening.data(), opening.size(), MSG_NOSIGNAL) ==
             static_cast<ssize_t>(opening.size()));
      while (answer.find("\r\n\r\n") == std::string::npos) step(client, answer);
    }
    const std::size_t before = answer.size();
    while (!bytes.empty() && !connections_->empty()) {
      const auto sent = ::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      step(client, answer);
    }
    for (int i = 0; patient && i < 20 && answer.size() == before && !connections_->empty(); ++i) step(client, answer);
    ::shutdown(client.get(), SHUT_WR);
    // A connection that stays without a client is a fault: a pool's job takes far less than this minute, also on a
    // machine that has much else to do.
    for (int i = 0; !connections_->empty(); ++i) {
      expect(i < 300'000);
      step(client, answer);
    }
    step(client, answer);
    return answer;
  }

  // What the pipeline's thread would bring.
  void publish() {
    auto readings = std::make_shared<core::ReadingBatch>();
    readings->add(reading(oil, 22.25, 2'000));
    readings->add(reading(door, 7, 2'001, core::Quality::kUncertain));
    readings->add_text(reading(note, 0, 2'002), "too \"hot\"");
    site_->hub().publish(readings);
  }

  core::SeriesPtr door;
  core::SeriesPtr oil;
  core::SeriesPtr note;

 private:
  void step(const core::Fd& client, std::string& answer) {
    io_.restart();
    io_.run_one_for(std::chrono::microseconds(200));
    io_.poll();
    char part[16'384];
    for (;;) {
      const auto got = ::recv(client.get(), part, sizeof(part), 0);
      if (got <= 0) return;
      answer.append(part, static_cast<std::size_t>(got));
    }
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<FakeWorld> world_;
  std::shared_ptr<net::EventLoop> loop_;
  std::shared_ptr<net::Site> site_;
  std::shared_ptr<net::Connections> connections_;
};

}  // namespace telltale::test
