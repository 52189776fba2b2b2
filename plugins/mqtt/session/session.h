// Keeps the input connected: connects, subscribes, and after a loss does both again, with back-off, for ever. Also
// starts with the broker down. Says to the host how it is, in words.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <telltale/cpp/host.hpp>

#include "plugins/mqtt/session/backoff.h"
#include "plugins/mqtt/session/connection.h"
#include "plugins/mqtt/session/outbox.h"
#include "plugins/mqtt/settings.h"

namespace telltale::mqtt {

// What the session tells the input, in its own thread.
struct SessionEvents {
  std::function<void()> tick;  // about once a second, connected or not
};

// Owned by the input; run() is called by the instance's thread. The broker and the outbox must outlive it.
class Session {
 public:
  Session(Host host, const Broker& broker, Outbox& outbox, Connection::Handler handler, SessionEvents events);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // Until the stop.
  void run(int stop_fd);

 private:
  // One attempt, and the connection that comes of it. True when it was connected for long.
  bool attempt(int stop_fd);
  bool attempt(const Address& address, int stop_fd);
  bool subscribe(Connection& connection, const std::vector<Filter>& filters, const Address& address, int stop_fd);
  // Until the connection ends; false when it was the stop.
  bool serve(Connection& connection, const Address& address, int stop_fd);
  void send_outgoing(Connection& connection);
  // Waits, and ticks. True when the stop came.
  bool pause(std::chrono::milliseconds time, int stop_fd);
  [[nodiscard]] bool silent_for_too_long(std::uint64_t messages);
  [[nodiscard]] std::string reason_of(Connection::End end, const Outcome& outcome, const Address& address,
                                      int stop_fd) const;
  void say_failing(const std::string& reason);

  Host host_;
  const Broker& broker_;
  Outbox& outbox_;
  Connection::Handler handler_;
  SessionEvents events_;
  std::unique_ptr<InflightStore> store_;
  Backoff backoff_;
  std::string last_reason_;     // logged once, not at each attempt
  std::size_t subscribed_ = 0;  // filters of the outbox, over this connection
  std::uint64_t last_messages_ = 0;
  std::chrono::nanoseconds last_message_at_{};
};

}  // namespace telltale::mqtt
