// Keeps the input connected: connects, subscribes, and after a loss does both again, with back-off, for ever. Also
// starts with the broker down. Says to the host how it is, in words.
#pragma once

#include <string>

#include <telltale/cpp/host.hpp>

#include "plugins/mqtt/session/backoff.h"
#include "plugins/mqtt/session/connection.h"
#include "plugins/mqtt/settings.h"

namespace telltale::mqtt {

// Owned by the input; run() is called by the instance's thread. The settings must outlive it.
class Session {
 public:
  Session(Host host, const Settings& settings, Connection::Handler handler);

  // Until the stop.
  void run(int stop_fd);

 private:
  // One attempt, and the connection that comes of it. True when it was connected for long.
  bool attempt(int stop_fd);
  bool attempt(const Address& address, int stop_fd);
  bool subscribe(Connection& connection, const Address& address, int stop_fd);
  [[nodiscard]] std::string reason_of(Connection::End end, const Outcome& outcome, const Address& address,
                                      int stop_fd) const;
  void say_failing(const std::string& reason);

  Host host_;
  const Settings& settings_;
  Connection::Handler handler_;
  Backoff backoff_;
  std::string last_reason_;  // logged once, not at each attempt
};

}  // namespace telltale::mqtt
