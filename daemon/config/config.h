// The configuration as values: what telltale.yaml says, validated, with every default filled in. Made by load(),
// owned by app, constant afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/config_node.h"
#include "daemon/core/counter.h"
#include "daemon/core/derived_spec.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/notify_spec.h"
#include "daemon/core/rule_spec.h"

namespace telltale::config {

struct Device {
  std::string name;  // empty: the host's name
  std::string site;
  friend bool operator==(const Device&, const Device&) = default;
};

// Where the server listens.
struct ListenAddress {
  std::string address = "0.0.0.0";  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 8080;        // 0: one that is free
  [[nodiscard]] bool is_loopback() const;
  // `0.0.0.0:8080`, `[::]:8080`
  [[nodiscard]] std::string text() const;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// Who may look without a login.
enum class View : std::uint8_t { kLogin, kPublic };
// Who may post readings without a token.
enum class WriteAccess : std::uint8_t { kLoopback, kToken, kLan };

// off: plain HTTP. auto: with a certificate that the device makes itself. files: with the user's.
enum class TlsMode : std::uint8_t { kOff, kAuto, kFiles };
struct Tls {
  TlsMode mode = TlsMode::kOff;
  std::string cert;  // files, PEM; relative ones lie beside the configuration
  std::string key;
  friend bool operator==(const Tls&, const Tls&) = default;
};

struct Server {
  ListenAddress listen;
  View view = View::kLogin;
  WriteAccess write = WriteAccess::kLoopback;
  Tls tls;
  std::optional<ListenAddress> redirect;  // where plain HTTP is sent on to HTTPS
  std::vector<std::string> names;         // that the device goes by, beside its own
  std::string base_path;                  // in front of every path, "/telltale"; empty: none
  std::vector<std::string> proxies;       // addresses and ranges, "10.0.0.0/8", that are believed
  std::vector<std::string> cors;          // origins of other sites' pages that may use the API, lower case
  friend bool operator==(const Server&, const Server&) = default;
};

struct Storage {
  std::uint64_t budget = 2'000'000'000;  // bytes, 1 MB or more
  core::Duration commit = std::chrono::seconds(10);
  core::Duration raw = std::chrono::hours(24 * 30);  // how long readings are kept as they came
  friend bool operator==(const Storage&, const Storage&) = default;
};

// How counters that a selector chooses are counted.
struct Counter {
  std::string series;
  core::CounterRule rule;
  friend bool operator==(const Counter&, const Counter&) = default;
};

struct Input {
  core::InputConfig config;
  core::SourceMark mark;  // where it stands in the file
};

struct Config {
  Device device;
  Server server;
  Storage storage;
  std::vector<core::Duration> windows;  // without duplicates, as written
  std::vector<Counter> counters;
  std::vector<Input> inputs;               // ids are unique
  std::vector<core::DerivedSpec> derived;  // names are unique
  std::vector<core::NotifySpec> notify;    // ids are unique
  std::vector<core::RuleSpec> rules;       // names are unique
  std::vector<core::SinkConfig> sinks;     // ids are unique, among inputs too
  std::vector<core::ConfigNode> dashboards;
};

// `0.0.0.0:8080`, `127.0.0.1:0`, `[::1]:8080`, `localhost:8080`; also of the option --listen.
[[nodiscard]] core::Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace telltale::config
