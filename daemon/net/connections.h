// Everybody who is connected: counted against the limits, swept for deadlines, closed at the end. Net thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "daemon/core/clock.h"
#include "daemon/net/context.h"
#include "daemon/net/handshake_pace.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

// One connection in one of its forms: HTTP, event stream, WebSocket.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;
  // Closes what has passed its deadline.
  virtual void sweep(core::BootTime now) = 0;
  // Says goodbye as its protocol does, then closes.
  virtual void finish() = 0;
  // Closes at once.
  virtual void abort() = 0;
};

class Connections : public std::enable_shared_from_this<Connections> {
 public:
  Connections(const HttpLimits& limits, HttpCounters& counters)
      : limits_(limits), counters_(&counters), pace_(limits) {}

  // The right to be connected: given back when it is destroyed. Goes with the socket when a connection changes its
  // form.
  class Seat {
   public:
    Seat(std::shared_ptr<Connections> owner, Peer peer);
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat();
    [[nodiscard]] const Peer& peer() const { return peer_; }

   private:
    std::shared_ptr<Connections> owner_;
    Peer peer_;
  };
  // None: beyond a limit.
  [[nodiscard]] std::unique_ptr<Seat> admit(Peer peer);

  // The right to do a handshake, which costs work and memory before anybody has shown anything.
  class Turn {
   public:
    Turn(std::shared_ptr<Connections> owner, Peer peer);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    std::shared_ptr<Connections> owner_;
    Peer peer_;
  };
  // Waits for a handshake to be begun, from now until it is destroyed.
  class Wait {
   public:
    explicit Wait(std::shared_ptr<Connections> owner);
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait();

   private:
    std::shared_ptr<Connections> owner_;
  };
  // None: it may begin now.
  [[nodiscard]] std::unique_ptr<Wait> wait_for_handshake(const Peer& peer, core::BootTime now);
  // Whether one of those who wait may begin.
  [[nodiscard]] bool wait_is_over(const Peer& peer, core::BootTime now);
  // None: beyond a limit.
  [[nodiscard]] std::unique_ptr<Turn> take_turn(const Peer& peer);

  void enter(const std::shared_ptr<Connection>& connection) { open_.insert(connection); }
  void exit(const std::shared_ptr<Connection>& connection) { open_.erase(connection); }
  void sweep(core::BootTime now);
  void finish();
  void abort();
  // The server ends: its counters are counted no more.
  void detach() { counters_ = nullptr; }
  [[nodiscard]] bool empty() const { return open_.empty(); }

 private:
  HttpLimits limits_;
  HttpCounters* counters_;
  HandshakePace pace_;
  std::size_t seats_ = 0;
  std::map<std::string, std::size_t> by_address_;
  std::size_t turns_ = 0;
  std::map<std::string, std::size_t> turns_by_address_;
  std::set<std::shared_ptr<Connection>> open_;
};

}  // namespace telltale::net
