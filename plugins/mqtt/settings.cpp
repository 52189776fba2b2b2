#include "plugins/mqtt/settings.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>
#include <variant>

#include "plugins/mqtt/mqtt_options.h"

namespace telltale::mqtt {
namespace {

template <std::size_t Size>
std::size_t choice(std::string_view word, const std::array<telltale_str, Size>& words) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const telltale_str& known) { return to_view(known) == word; });
  if (found == words.end()) throw ConfigError("'" + std::string(word) + "' is not one of the choices");
  return static_cast<std::size_t>(found - words.begin());
}

// The value, or a ConfigError that names the option.
template <class Value>
Value value_or_throw(std::variant<Value, std::string> parsed, std::string_view option) {
  if (const auto* reason = std::get_if<std::string>(&parsed)) throw ConfigError(std::string(option) + ": " + *reason);
  return std::get<Value>(std::move(parsed));
}

payload::JsonPath json_path(std::string_view text, std::string_view option) {
  auto parsed = payload::parse_json_path(text);
  if (const auto* error = std::get_if<payload::JsonPathError>(&parsed)) {
    throw ConfigError(std::string(option) + ": '" + std::string(text) + "': " + error->reason + " at character " +
                      std::to_string(error->position + 1));
  }
  return std::get<payload::JsonPath>(std::move(parsed));
}

payload::JsonTexts texts_of(const Options& options, Kind kind) {
  if (kind == Kind::kState || kind == Kind::kEvent) return payload::JsonTexts::kKeep;
  return options.flag("numbers_in_text") ? payload::JsonTexts::kAsNumbers : payload::JsonTexts::kIgnore;
}

Subscription make_subscription(const Options& options) {
  Subscription made(value_or_throw(payload::TopicFilter::parse(options.text("topic")), "topic"));
  if (options.has("name")) {
    made.name = value_or_throw(payload::NameTemplate::parse(options.text("name"), made.filter), "name");
    made.has_name = true;
  }
  made.qos = static_cast<int>(options.integer("qos"));
  made.format = static_cast<PayloadFormat>(choice(options.text("payload"), kPayloads));
  made.kind = static_cast<Kind>(choice(options.text("kind"), kKinds));
  made.time_unit = static_cast<payload::SourceTimeUnit>(choice(options.text("time_unit"), kTimeUnits));
  if (options.has("unit")) made.unit = options.text("unit");
  if (options.has("decimals")) made.decimals = static_cast<int>(options.integer("decimals"));
  made.selection.texts = texts_of(options, made.kind);
  if (options.has("value")) made.selection.value = json_path(options.text("value"), "value");
  if (options.has("time")) made.selection.time = json_path(options.text("time"), "time");
  const bool has_paths = options.has("value") || options.has("time");
  if (has_paths && made.format != PayloadFormat::kJson && made.format != PayloadFormat::kAuto) {
    throw ConfigError("'value' and 'time' are places in JSON: leave them out, or set 'payload: json'");
  }
  if (has_paths) made.format = PayloadFormat::kJson;
  if (made.format == PayloadFormat::kText && (made.kind == Kind::kGauge || made.kind == Kind::kCounter)) {
    throw ConfigError("a 'payload: text' makes events or states: use 'payload: number' for a gauge or counter");
  }
  return made;
}

}  // namespace

std::string Broker::where() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void parse_url(std::string_view url, Broker& broker) {
  const auto wrong = [url](std::string_view reason) {
    return ConfigError("url: '" + std::string(url) + "': " + std::string(reason));
  };
  std::string_view rest = url;
  const std::size_t colon = rest.find("://");
  if (colon == std::string_view::npos) throw wrong("write mqtt://HOST:PORT");
  const std::string_view scheme = rest.substr(0, colon);
  if (scheme == "mqtts" || scheme == "ssl" || scheme == "tls" || scheme == "wss") {
    throw wrong("an encrypted connection is not supported yet: use mqtt://");
  }
  if (scheme != "mqtt" && scheme != "tcp") throw wrong("write mqtt://HOST:PORT");
  rest.remove_prefix(colon + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos) throw wrong("put user and password into 'username' and 'password'");
  if (rest.find_first_of("/?# ") != std::string_view::npos) throw wrong("nothing can follow the port");
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) throw wrong("the ']' of the IPv6 address is missing");
    broker.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    broker.host = rest.substr(0, end);
    port = rest.substr(end);
  }
  if (broker.host.empty() || broker.host.size() > 253) throw wrong("the host is missing or too long");
  if (port.empty()) return;
  std::uint16_t number = 0;
  const auto parsed = std::from_chars(port.data() + 1, port.data() + port.size(), number);
  if (!port.starts_with(':') || parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || number == 0) {
    throw wrong("a port is a number from 1 to 65535");
  }
  broker.port = number;
}

Settings make_settings(const Options& options, std::string_view made_up_id) {
  Settings made;
  Broker& broker = made.broker;
  parse_url(options.text("url"), broker);
  broker.version_5 = options.text("version") == "5";
  broker.client_id = options.has("client_id") ? options.text("client_id") : made_up_id;
  if (options.has("username")) broker.username = options.text("username");
  if (options.has("password")) broker.password = options.text("password");
  broker.keep_alive = std::chrono::ceil<std::chrono::seconds>(options.duration("keep_alive"));
  broker.clean_session = options.flag("clean_session");
  if (!broker.clean_session && !options.has("client_id")) {
    throw ConfigError("'clean_session: false' needs a 'client_id' that stays the same");
  }
  if (!broker.password.empty() && broker.username.empty()) throw ConfigError("'password' needs a 'username'");
  made.max_series = static_cast<std::size_t>(options.integer("max_series"));
  std::size_t number = 0;
  for (const telltale_value& item : options.at("subscribe").children()) {
    ++number;
    try {
      made.subscriptions.push_back(make_subscription(Options(item)));
    } catch (const ConfigError& error) {
      throw ConfigError("subscribe[" + std::to_string(number) + "]: " + error.what());
    }
  }
  if (made.subscriptions.empty()) throw ConfigError("'subscribe' is empty: nothing would ever arrive");
  return made;
}

}  // namespace telltale::mqtt
