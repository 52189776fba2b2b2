// A server on a free port of loopback, run by a thread of its own, over fakes; and a raw client for its bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <sys/socket.h>

#include "daemon/core/fd.h"
#include "daemon/net/server.h"
#include "tests/unit/net/fakes.h"

namespace telltale::test {

class RunningServer {
 public:
  explicit RunningServer(net::ServerOptions options = {});
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] net::Server& server() { return *server_; }
  void publish(core::LiveBatch readings) { server_->live_sink().publish(std::move(readings)); }
  // Until the net thread has done all that was posted before.
  void settle();
  void stop();

  FakeWorld world;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  std::unique_ptr<net::Server> server_;
  std::thread thread_;
};

// One TCP (or Unix) connection that sends and reads bytes as they are. Reads give up after ten seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::string& socket);

  void send(std::string_view bytes);
  // Until `end` is there, and what came up to its end; what came at all when the peer closes first.
  [[nodiscard]] std::string read_until(std::string_view end);
  [[nodiscard]] std::string read_exactly(std::size_t bytes);
  // Until the peer closes.
  [[nodiscard]] std::string read_all();
  void close() { socket_.reset(); }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  bool fill();
  core::Fd socket_;
  std::string buffer_;
};

struct Answer {
  unsigned status = 0;
  std::string head;  // status line and fields
  std::string body;
  // The field's value; empty when there is none. `name` in lower case.
  [[nodiscard]] std::string field(std::string_view name) const;
};
// Reads one answer with Content-Length.
[[nodiscard]] Answer read_answer(RawClient& client, bool head_only = false);
// One request on a connection of its own. `fields` are lines with \r\n.
[[nodiscard]] Answer fetch(std::uint16_t port, std::string_view method, std::string_view target,
                           std::string_view fields = {}, std::string_view body = {});

// As /api/v1/status says; the asking one is among them.
[[nodiscard]] std::int64_t open_connections(const RunningServer& running);

}  // namespace telltale::test
