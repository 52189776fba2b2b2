#include "plugins/mqtt/session/connection.h"

#include <atomic>
#include <mutex>
#include <utility>

#include <mqtt/async_client.h>

#include "plugins/mqtt/session/inflight_store.h"
#include "plugins/mqtt/session/sigpipe.h"

namespace telltale::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kDisconnectPatience{500};
constexpr std::uint64_t kMostInFlight = 16;  // mosquitto takes 20 of MQTT 5 before it ends the connection

// Tells the mailbox how an action ended.
class Listener final : public ::mqtt::iaction_listener {
 public:
  explicit Listener(Mailbox& mailbox) : mailbox_(mailbox) {}

  void on_success(const ::mqtt::token& token) override {
    Outcome outcome{.good = true};
    if (token.get_type() == ::mqtt::token::SUBSCRIBE) {
      const ::mqtt::subscribe_response response = token.get_subscribe_response();
      for (const auto code : response.get_reason_codes()) {
        outcome.granted.push_back(static_cast<int>(code));
      }
    }
    mailbox_.put_outcome(std::move(outcome));
  }
  void on_failure(const ::mqtt::token& token) override {
    Outcome outcome;
    // Of MQTT 5 the reason of a refusal stands in one of the two; 0xff is no reason, only Paho's "not MQTT 5".
    const int reason = static_cast<int>(token.get_reason_code());
    outcome.code = reason >= 0x80 && reason < 0xff ? reason : token.get_return_code();
    mailbox_.put_outcome(std::move(outcome));
  }

 private:
  Mailbox& mailbox_;
};

// Counts the messages that the broker has acknowledged; one that failed is a connection that is of no use any more.
class Acknowledged final : public ::mqtt::iaction_listener {
 public:
  explicit Acknowledged(Mailbox& mailbox) : mailbox_(mailbox) {}

  void on_success(const ::mqtt::token& /*token*/) override {
    count_.fetch_add(1);
    mailbox_.wake();
  }
  void on_failure(const ::mqtt::token& /*token*/) override { mailbox_.put_lost(); }
  [[nodiscard]] std::uint64_t count() const { return count_.load(); }

 private:
  Mailbox& mailbox_;
  std::atomic<std::uint64_t> count_{0};
};

// Lets messages through until it is closed; closing waits for the one that is on its way.
class Gate {
 public:
  template <class Work>
  void pass(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (open_) work();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

 private:
  std::mutex mutex_;
  bool open_ = true;
};

// Where Paho connects to. Encrypted and web connections need the name that the user gave: the certificate is of that
// name, and so is the Host of the request.
std::string uri_of(const Broker& broker, const Address& address) {
  switch (broker.transport) {
    case Transport::kTls:
      return "ssl://" + broker.where();
    case Transport::kWebSocket:
      return "ws://" + broker.where() + broker.path;
    case Transport::kSecureWebSocket:
      return "wss://" + broker.where() + broker.path;
    case Transport::kTcp:
      break;
  }
  return "tcp://" + address.where();
}

::mqtt::ssl_options tls_options(const TlsFiles& files) {
  ::mqtt::ssl_options options;
  if (!files.ca.empty()) options.set_trust_store(files.ca);
  if (!files.cert.empty()) options.set_key_store(files.cert);
  if (!files.key.empty()) options.set_private_key(files.key);
  if (!files.key_password.empty()) options.set_private_key_password(files.key_password);
  options.set_ssl_version(MQTT_SSL_VERSION_TLS_1_2);  // the lowest that is taken
  options.set_enable_server_cert_auth(files.verify);
  options.set_verify(files.verify);  // of the name
  return options;
}

// To be made and destroyed while a client stands: Paho 1.2 leaks properties that it frees without one.
::mqtt::connect_options options_of(const Broker& broker) {
  ::mqtt::connect_options options;
  options.set_mqtt_version(broker.version_5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
  if (broker.version_5) {
    options.set_clean_start(broker.clean_session);
    if (!broker.clean_session) {
      ::mqtt::properties properties;
      properties.add({::mqtt::property::SESSION_EXPIRY_INTERVAL, static_cast<int>(broker.session_expiry.count())});
      options.set_properties(std::move(properties));
    }
  } else {
    options.set_clean_session(broker.clean_session);
  }
  options.set_automatic_reconnect(false);
  options.set_keep_alive_interval(broker.keep_alive);
  options.set_connect_timeout(std::chrono::seconds(5));
  if (!broker.username.empty()) {
    options.set_user_name(broker.username);
    if (!broker.password.empty()) options.set_password(broker.password);
  }
  if (broker.encrypted()) options.set_ssl(tls_options(broker.tls));
  if (broker.will) {
    options.set_will(
        ::mqtt::will_options(broker.will->topic, broker.will->payload, broker.will->qos, broker.will->retain));
  }
  return options;
}

// Paho formats a line of trace for each packet, into a buffer that nobody reads. It knows no higher level than this
// one.
void silence_trace() { MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR); }

}  // namespace

class Connection::Paho {
 public:
  Paho(const Broker& for_broker, const Address& address, InflightStore& store, Handler handler)
      : broker(for_broker), listener(mailbox), acknowledged(mailbox), handler_(std::move(handler)) {
    const SigpipeDisposition disposition;
    client = std::make_unique<::mqtt::async_client>(
        uri_of(broker, address), broker.client_id,
        ::mqtt::create_options(broker.version_5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1),
        broker.clean_session ? nullptr : &store);
    silence_trace();
    // Before the connection, while no thread of Paho knows this client: later, its locks could be taken in two orders.
    client->set_connection_lost_handler([this](const std::string&) { mailbox.put_lost(); });
    client->set_message_callback(
        [this](const ::mqtt::const_message_ptr& message) { gate.pass([&] { handle(*message); }); });
  }

  // The order of destruction matters: the client goes first.
  Mailbox mailbox;
  Gate gate;
  const Broker& broker;
  Listener listener;
  Acknowledged acknowledged;
  std::uint64_t handed_over = 0;  // to be acknowledged
  std::atomic<std::uint64_t> messages{0};
  std::unique_ptr<::mqtt::async_client> client;
  bool started = false;  // a connection was asked for

 private:
  void handle(const ::mqtt::message& message) {
    messages.store(messages.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // the only writer
    properties_.clear();
    if (broker.version_5) take_properties(message.get_properties().c_struct());
    handler_({message.get_topic(), message.get_payload(), message.is_retained(), properties_});
  }
  void take_properties(const MQTTProperties& all) {
    for (int i = 0; i < all.count; ++i) {
      const MQTTProperty& property = all.array[i];
      if (property.identifier != MQTTPROPERTY_CODE_USER_PROPERTY) continue;
      const auto view = [](const MQTTLenString& text) {
        return std::string_view(text.data, static_cast<std::size_t>(text.len));
      };
      properties_.push_back({view(property.value.data), view(property.value.value)});
    }
  }

  Handler handler_;
  std::vector<UserProperty> properties_;
};

Connection::Connection(const Broker& broker, const Address& address, InflightStore& store, Handler handler)
    : paho_(std::make_unique<Paho>(broker, address, store, std::move(handler))) {}

Connection::~Connection() {
  try {
    if (paho_->started && !paho_->mailbox.lost()) {
      (void)paho_->mailbox.take_outcome();
      paho_->client->disconnect(100, nullptr, paho_->listener);
      Outcome outcome;
      (void)await(-1, kDisconnectPatience, outcome);
    }
  } catch (const ::mqtt::exception&) {  // it was not connected any more
  }
  paho_->gate.close();  // last: what the broker counts as delivered is published
}

Connection::End Connection::await(int stop_fd, milliseconds patience, Outcome& outcome) {
  const auto end = steady_clock::now() + patience;
  for (;;) {
    if (auto arrived = paho_->mailbox.take_outcome()) {
      outcome = std::move(*arrived);
      return outcome.good ? End::kDone : End::kFailed;
    }
    if (paho_->mailbox.lost()) return End::kFailed;
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) return End::kTimeout;
    if (paho_->mailbox.wait(stop_fd, -1, left) == Mailbox::Woken::kStop) return End::kStopped;
  }
}

Connection::End Connection::connect(int stop_fd, milliseconds patience, Outcome& outcome) {
  try {
    paho_->started = true;
    paho_->client->connect(options_of(paho_->broker), nullptr, paho_->listener);
  } catch (const ::mqtt::exception& error) {
    outcome = {.good = false, .code = error.get_return_code()};
    return End::kFailed;
  }
  return await(stop_fd, patience, outcome);
}

Connection::End Connection::subscribe(const std::vector<Filter>& filters, int stop_fd, milliseconds patience,
                                      Outcome& outcome) {
  auto topics = std::make_shared<::mqtt::string_collection>();
  ::mqtt::async_client::qos_collection qos;
  for (const Filter& filter : filters) {
    topics->push_back(filter.topic);
    qos.push_back(filter.qos);
  }
  try {
    paho_->client->subscribe(topics, qos, nullptr, paho_->listener);
  } catch (const ::mqtt::exception& error) {
    outcome = {.good = false, .code = error.get_return_code()};
    return End::kFailed;
  }
  return await(stop_fd, patience, outcome);
}

bool Connection::publish(const Outgoing& message) {
  try {
    paho_->client->publish(message.topic, message.payload.data(), message.payload.size(), message.qos, message.retain);
    return true;
  } catch (const ::mqtt::exception&) {  // it is not connected any more
    return false;
  }
}

Connection::End Connection::deliver(std::span<const Outgoing> messages, int stop_fd, milliseconds patience) {
  Paho& paho = *paho_;
  const auto end = steady_clock::now() + patience;
  std::size_t next = 0;
  for (;;) {
    if (paho.mailbox.lost()) return End::kFailed;
    const std::uint64_t waiting = paho.handed_over - paho.acknowledged.count();
    if (next == messages.size() && waiting == 0) return End::kDone;
    if (next < messages.size() && waiting < kMostInFlight) {
      const Outgoing& message = messages[next++];
      try {
        paho.client->publish(message.topic, message.payload.data(), message.payload.size(), message.qos, message.retain,
                             nullptr, paho.acknowledged);
      } catch (const ::mqtt::exception&) {  // it is not connected any more
        return End::kFailed;
      }
      ++paho.handed_over;
      continue;
    }
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) return End::kTimeout;
    if (paho.mailbox.wait(stop_fd, -1, left) == Mailbox::Woken::kStop) return End::kStopped;
  }
}

Connection::End Connection::stay(int stop_fd, int other_fd, milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  while (!paho_->mailbox.lost()) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) return paho_->client->is_connected() ? End::kTimeout : End::kFailed;  // nobody said so
    const Mailbox::Woken woken = paho_->mailbox.wait(stop_fd, other_fd, left);
    if (woken == Mailbox::Woken::kStop) return End::kStopped;
    if (woken == Mailbox::Woken::kOther) return End::kDone;
  }
  return End::kFailed;
}

std::uint64_t Connection::messages() const { return paho_->messages.load(std::memory_order_relaxed); }

}  // namespace telltale::mqtt
