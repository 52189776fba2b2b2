#include "plugins/mqtt/broker.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include <telltale/cpp/errors.hpp>
#include <telltale/payload/utf8.hpp>

#include "plugins/option_text/line.h"

namespace telltale::mqtt {
namespace {

struct Scheme {
  std::string_view word;
  Transport transport;
  std::uint16_t port;
};
constexpr std::array<Scheme, 7> kSchemes{{{"mqtt", Transport::kTcp, 1883},
                                          {"tcp", Transport::kTcp, 1883},
                                          {"mqtts", Transport::kTls, 8883},
                                          {"tls", Transport::kTls, 8883},
                                          {"ssl", Transport::kTls, 8883},
                                          {"ws", Transport::kWebSocket, 80},
                                          {"wss", Transport::kSecureWebSocket, 443}}};
constexpr std::size_t kLongestPassword = 8'192;  // a token, at brokers in the cloud
constexpr std::string_view kForms = "write mqtt://HOST:PORT, mqtts://, ws:// or wss://";

[[noreturn]] void refuse(std::string_view url, std::string_view reason) {
  throw ConfigError("url: '" + std::string(url) + "': " + std::string(reason));
}

// The path of a WebSocket; what is before it stays in `rest`.
std::string take_path(std::string_view& rest, bool allowed, std::string_view url) {
  const std::size_t slash = rest.find('/');
  const std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  rest = rest.substr(0, slash);
  if (!allowed && path.size() > 1) refuse(url, "nothing can follow the port");
  const auto plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (path.size() > 256 || !std::all_of(path.begin(), path.end(), plain)) {
    refuse(url, "the path has spaces or other special characters, or is too long");
  }
  return allowed && !path.empty() ? std::string(path) : std::string();
}

std::uint16_t port_of(std::string_view text, std::string_view url) {
  std::uint16_t number = 0;
  const auto parsed = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  if (!text.starts_with(':') || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || number == 0) {
    refuse(url, "a port is a number from 1 to 65535");
  }
  return number;
}

Notice make_notice(const Options& options, std::string_view name) {
  Notice made;
  made.topic = options.text("topic");
  made.payload = options.text("payload");
  made.qos = static_cast<int>(options.integer("qos"));
  made.retain = options.flag("retain");
  const bool is_topic = !made.topic.empty() && made.topic.size() <= 1'024 &&
                        made.topic.find_first_of(std::string_view("+#\0", 3)) == std::string::npos &&
                        payload::is_utf8(made.topic);
  if (!is_topic) throw ConfigError(std::string(name) + ": a topic to publish to has no '+' and no '#'");
  return made;
}

TlsFiles make_tls(const Options& options) {
  constexpr std::size_t kLongestPath = 4'095;  // PATH_MAX, with its zero byte
  TlsFiles made;
  made.ca = option_text::line_of(options, "ca", kLongestPath);
  made.cert = option_text::line_of(options, "cert", kLongestPath);
  made.key = option_text::line_of(options, "key", kLongestPath);
  made.key_password = option_text::line_of(options, "key_password");
  made.verify = options.flag("verify");
  if (!made.key.empty() && made.cert.empty()) throw ConfigError("tls: 'key' needs the 'cert' that it belongs to");
  return made;
}

}  // namespace

std::string Broker::where() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void parse_url(std::string_view url, Broker& broker) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) refuse(url, kForms);
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& known) { return known.word == url.substr(0, colon); });
  if (scheme == kSchemes.end()) refuse(url, kForms);
  broker.transport = scheme->transport;
  broker.port = scheme->port;
  std::string_view rest = url.substr(colon + 3);
  const bool web = broker.transport == Transport::kWebSocket || broker.transport == Transport::kSecureWebSocket;
  broker.path = take_path(rest, web, url);
  if (rest.find('@') != std::string_view::npos) refuse(url, "put user and password into 'username' and 'password'");
  if (rest.find_first_of("?# ") != std::string_view::npos) refuse(url, "nothing can follow the port");
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) refuse(url, "the ']' of the IPv6 address is missing");
    broker.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    broker.host = rest.substr(0, end);
    port = rest.substr(end);
  }
  if (broker.host.empty() || broker.host.size() > 253) refuse(url, "the host is missing or too long");
  if (!port.empty()) broker.port = port_of(port, url);
}

Broker take_connection(const Options& options, std::string_view made_up_id) {
  Broker made;
  parse_url(option_text::line_of(options, "url"), made);
  made.version_5 = options.text("version") == "5";
  made.client_id = options.has("client_id") ? option_text::line_of(options, "client_id") : std::string(made_up_id);
  made.username = option_text::line_of(options, "username");
  made.password = option_text::line_of(options, "password", kLongestPassword);
  if (!made.password.empty() && made.username.empty()) throw ConfigError("'password' needs a 'username'");
  made.keep_alive = std::chrono::ceil<std::chrono::seconds>(options.duration("keep_alive"));
  if (options.has("tls") && !made.encrypted()) {
    throw ConfigError("'tls' needs an encrypted connection: write mqtts:// or wss:// in 'url'");
  }
  if (options.has("tls")) made.tls = make_tls(options.at("tls"));
  return made;
}

Broker make_broker(const Options& options, std::string_view made_up_id) {
  Broker made = take_connection(options, made_up_id);
  made.clean_session = options.flag("clean_session");
  made.session_expiry = std::chrono::ceil<std::chrono::seconds>(options.duration("session_expiry"));
  made.silence = options.has("silence") ? options.duration("silence") : std::chrono::nanoseconds();
  if (!made.clean_session && !options.has("client_id")) {
    throw ConfigError("'clean_session: false' needs a 'client_id' that stays the same");
  }
  if (options.has("will")) made.will = make_notice(options.at("will"), "will");
  if (options.has("birth")) made.birth = make_notice(options.at("birth"), "birth");
  return made;
}

}  // namespace telltale::mqtt
