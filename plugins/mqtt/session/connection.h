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
#include <string>
#include <string_view>

#include "plugins/mqtt/session/address.h"
#include "plugins/mqtt/session/mailbox.h"

namespace telltale::mqtt {

class Connection {
 public:
  // Topic, payload, retained. Called by one of Paho's threads at a time; must not throw.
  using Handler = std::function<void(std::string_view, std::string_view, bool)>;

  // The broker must outlive it.
  Connection(const Broker& broker, const Address& address, Handler handler);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // Ends the connection if it stands; waits at most half a second for the broker. No handler runs any more when it
  // returns.
  ~Connection();

  enum class End : std::uint8_t { kDone, kFailed, kTimeout, kStopped };
  // Each waits until the broker has answered, at most `patience`, or until the stop. `outcome` says more.
  [[nodiscard]] End connect(int stop_fd, std::chrono::milliseconds patience, Outcome& outcome);
  [[nodiscard]] End subscribe(std::span<const Subscription> subscriptions, int stop_fd,
                              std::chrono::milliseconds patience, Outcome& outcome);
  // Until the connection is lost (kFailed) or the stop (kStopped).
  [[nodiscard]] End stay(int stop_fd);

 private:
  class Paho;  // all that needs Paho's headers
  [[nodiscard]] End await(int stop_fd, std::chrono::milliseconds patience, Outcome& outcome);

  std::unique_ptr<Paho> paho_;
};

// The topic filters to subscribe to, each once, with the highest quality of service asked for it.
struct Filter {
  std::string topic;
  int qos = 0;
};
[[nodiscard]] std::vector<Filter> filters_of(std::span<const Subscription> subscriptions);

}  // namespace telltale::mqtt
