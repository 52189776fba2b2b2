// What the user asked for, checked.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/mqtt/mapping/subscription.h"

namespace telltale::mqtt {

struct Broker {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 1883;
  bool version_5 = false;
  std::string client_id;
  std::string username;
  std::string password;
  std::chrono::seconds keep_alive{30};
  bool clean_session = true;

  // "127.0.0.1:1883", as messages name it.
  [[nodiscard]] std::string where() const;
};

struct Settings {
  Broker broker;
  std::size_t max_series = 2'000;
  std::vector<Subscription> subscriptions;
};

// Throws ConfigError with the entry and the reason. `made_up_id` is the client's name when none is configured.
[[nodiscard]] Settings make_settings(const Options& options, std::string_view made_up_id);

// "mqtt://host:port" or "tcp://…", also with [IPv6]. Throws ConfigError.
void parse_url(std::string_view url, Broker& broker);

}  // namespace telltale::mqtt
