// The server: everything that a browser, a script or a stranger meets. Runs on the io_context that app owns and runs on
// one thread; start() before that thread runs, or on it. It takes readings from the pipeline as its LiveSink.
//
// Under TLS the process ignores SIGPIPE.
//
// The end: stop(), then let the io_context run until it has nothing left; then stop the pipeline (nobody publishes any
// more); then destroy the server, before the io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/net/access.h"
#include "daemon/net/dependencies.h"
#include "daemon/net/http_limits.h"
#include "daemon/net/live_limits.h"
#include "daemon/net/tls_keeper.h"

namespace boost::asio {
class io_context;
}

namespace telltale::net {

struct ServerOptions {
  std::string address = "0.0.0.0";  // IPv4 or IPv6, without brackets; empty: no TCP
  std::uint16_t port = 8080;        // 0: one that is free
  std::vector<int> handed_down;     // listening sockets of a service manager, for start() to choose from
  std::string socket;               // path of the Unix socket, "RUNDIR/api.sock"; empty: none
  View view = View::kLogin;
  WriteAccess write = WriteAccess::kLoopback;
  std::vector<core::AddressRange> proxies;  // see AccessPolicy
  std::vector<std::string> origins;         // likewise
  std::string base_path;                    // in front of every path, "/telltale"; empty: none
  TlsOptions tls;                           // its names and addresses are filled in by the server
  std::string redirect_address;             // where plain HTTP is answered with where HTTPS is; empty: nowhere else
  std::uint16_t redirect_port = 0;
  bool only_loopback = false;      // `address` is a loopback one: who gets there is on the device itself
  std::vector<std::string> names;  // that the device goes by beside its addresses, localhost and its host name
  HttpLimits http;
  LiveLimits live;
};

class Server {
 public:
  Server(boost::asio::io_context& context, const ServerOptions& options, Dependencies dependencies);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Binds and begins to accept. ErrorCode::kConflict: somebody else listens there.
  [[nodiscard]] core::Result<void> start();
  // Stops accepting, says goodbye to everybody, closes; any thread. Takes at most a second of the io_context.
  void stop();
  // Of TCP, once started; 0: none.
  [[nodiscard]] std::uint16_t port() const;
  // The listening TCP socket, from start() until stop(); -1: none.
  [[nodiscard]] int listening_socket() const;
  // Of the second listening socket, likewise.
  [[nodiscard]] std::uint16_t redirect_port() const;
  // Addresses to open in a browser, the best first.
  [[nodiscard]] std::vector<std::string> urls() const;
  // Looks at once whether the certificate's files have changed; any thread.
  void refresh_certificate();
  [[nodiscard]] core::LiveSink& live_sink();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace telltale::net
