// The broker that the user named, checked: where it is, how to speak to it, and what to leave there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <telltale/cpp/options.hpp>

namespace telltale::mqtt {

enum class Transport : std::uint8_t { kTcp, kTls, kWebSocket, kSecureWebSocket };

struct TlsFiles {
  std::string ca;    // PEM; empty: the system's
  std::string cert;  // PEM, of this client; empty: none
  std::string key;   // PEM; empty: in `cert`
  std::string key_password;
  bool verify = true;
};

// What this client publishes about itself: its will, when the broker loses it; its birth, after each connection.
struct Notice {
  std::string topic;
  std::string payload;
  int qos = 1;
  bool retain = true;
};

struct Broker {
  Transport transport = Transport::kTcp;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 1883;
  std::string path;  // of a WebSocket, from its slash on
  bool version_5 = false;
  std::string client_id;
  std::string username;
  std::string password;
  std::chrono::seconds keep_alive{30};
  bool clean_session = true;
  std::chrono::seconds session_expiry{};  // of a session that is kept, MQTT 5
  std::chrono::nanoseconds silence{};     // without any message for so long the connection is made anew; 0: never
  TlsFiles tls;
  std::optional<Notice> will;
  std::optional<Notice> birth;

  [[nodiscard]] bool encrypted() const noexcept {
    return transport == Transport::kTls || transport == Transport::kSecureWebSocket;
  }
  // "127.0.0.1:1883", as messages name it.
  [[nodiscard]] std::string where() const;
};

// mqtt, tcp, mqtts, tls, ssl, ws or wss "://host:port", also with [IPv6], and a path for the last two. Throws
// ConfigError.
void parse_url(std::string_view url, Broker& broker);

// What both directions have: `url`, `version`, `client_id` (or that one), `username`, `password`, `keep_alive` and
// `tls`. Throws ConfigError with the reason.
[[nodiscard]] Broker take_connection(const Options& options, std::string_view made_up_id);

// Throws ConfigError with the reason. `made_up_id` is the client's name when none is configured.
[[nodiscard]] Broker make_broker(const Options& options, std::string_view made_up_id);

}  // namespace telltale::mqtt
