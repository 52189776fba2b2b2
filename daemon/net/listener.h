// Accepts connections on one listening socket and turns each into an HTTP session. Owned by the server; net thread.
#pragma once

#include <memory>

#include <boost/asio/basic_waitable_timer.hpp>

#include "daemon/core/fd.h"
#include "daemon/net/hall.h"
#include "daemon/net/socket_types.h"

namespace telltale::net {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(boost::asio::io_context& context, core::Fd socket, Hall hall);
  void start();
  void stop();

 private:
  void accept();
  void take(Socket socket);

  using Executor = boost::asio::io_context::executor_type;
  boost::asio::basic_socket_acceptor<Protocol, Executor> acceptor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    Executor>
      pause_;
  Hall hall_;
};

}  // namespace telltale::net
