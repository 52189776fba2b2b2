// One connection to the broker, from its making to its end. A lost one is never mended: the session makes another,
// which keeps clear of what Paho 1.2 does when its own and a foreign reconnection meet.
//
// Threads: the session's thread makes it and calls it. Paho's threads call the listeners, which write to the mailbox,
// and the message handler; none of them waits for anything or calls Paho, which holds its one lock around them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "plugins/mqtt/mapping/message.h"
#include "plugins/mqtt/session/address.h"
#include "plugins/mqtt/session/mailbox.h"
#include "plugins/mqtt/session/outbox.h"

namespace telltale::mqtt {

class InflightStore;

class Connection {
 public:
  // Called by one of Paho's threads at a time; must not throw.
  using Handler = std::function<void(const Message&)>;

  // The broker and the store must outlive it.
  Connection(const Broker& broker, const Address& address, InflightStore& store, Handler handler);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // Ends the connection if it stands; waits at most half a second for the broker. No handler runs any more when it
  // returns.
  ~Connection();

  enum class End : std::uint8_t { kDone, kFailed, kTimeout, kStopped };
  // Each waits until the broker has answered, at most `patience`, or until the stop. `outcome` says more.
  [[nodiscard]] End connect(int stop_fd, std::chrono::milliseconds patience, Outcome& outcome);
  [[nodiscard]] End subscribe(const std::vector<Filter>& filters, int stop_fd, std::chrono::milliseconds patience,
                              Outcome& outcome);
  // Hands a message to Paho, which sends it. False when it does not take it.
  bool publish(const Outgoing& message);
  // Hands messages to Paho, a few at a time, and waits until the broker has acknowledged each of them; of quality of
  // service 0, until it is written. All of them, in order, or what ended it.
  [[nodiscard]] End deliver(std::span<const Outgoing> messages, int stop_fd, std::chrono::milliseconds patience);
  // Until the connection is lost (kFailed), the stop (kStopped), `patience` (kTimeout), or `other_fd` is readable
  // (kDone).
  [[nodiscard]] End stay(int stop_fd, int other_fd, std::chrono::milliseconds patience);
  // Messages that arrived so far.
  [[nodiscard]] std::uint64_t messages() const;

 private:
  class Paho;  // all that needs Paho's headers
  [[nodiscard]] End await(int stop_fd, std::chrono::milliseconds patience, Outcome& outcome);

  std::unique_ptr<Paho> paho_;
};

}  // namespace telltale::mqtt
