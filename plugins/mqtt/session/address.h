// Where the broker is: its name to addresses, and why an address does not answer. Every wait ends when the input stops.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <telltale/cpp/stop.hpp>

#include "plugins/mqtt/broker.h"

namespace telltale::mqtt {

struct Address {
  std::string host;  // numeric
  bool is_ipv6 = false;
  std::uint16_t port = 0;

  [[nodiscard]] std::string where() const { return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port); }
};

// All addresses of the broker, or why there are none in words a user can act on. Waits at most `patience`.
[[nodiscard]] std::variant<std::vector<Address>, std::string> resolve(const Broker& broker, Stop stop,
                                                                      std::chrono::milliseconds patience);

// Why no MQTT connection came about: tries a plain TCP connection and says what the system says. Waits at most
// `patience`.
[[nodiscard]] std::string explain(const Broker& broker, const Address& address, Stop stop,
                                  std::chrono::milliseconds patience);

}  // namespace telltale::mqtt
