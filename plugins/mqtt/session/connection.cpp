#include "plugins/mqtt/session/connection.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <mqtt/async_client.h>

#include "plugins/mqtt/session/sigpipe.h"

namespace telltale::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kDisconnectPatience{500};
constexpr milliseconds kLookAfter{5'000};

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

// To be made and destroyed while a client stands: Paho 1.2 leaks properties that it frees without one.
::mqtt::connect_options options_of(const Broker& broker) {
  ::mqtt::connect_options options;
  options.set_mqtt_version(broker.version_5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1);
  if (broker.version_5) {
    options.set_clean_start(broker.clean_session);
    if (!broker.clean_session) {
      ::mqtt::properties properties;
      properties.add({::mqtt::property::SESSION_EXPIRY_INTERVAL, 0x7fff'ffff});
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
  return options;
}

}  // namespace

class Connection::Paho {
 public:
  Paho(const Broker& for_broker, const Address& address, Handler handler)
      : broker(for_broker), listener(mailbox), handler_(std::move(handler)) {
    const SigpipeDisposition disposition;
    client = std::make_unique<::mqtt::async_client>(
        "tcp://" + address.where(), broker.client_id,
        ::mqtt::create_options(broker.version_5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1), nullptr);
    // Before the connection, while no thread of Paho knows this client: later, its locks could be taken in two orders.
    client->set_connection_lost_handler([this](const std::string&) { mailbox.put_lost(); });
    client->set_message_callback([this](const ::mqtt::const_message_ptr& message) {
      gate.pass([&] { handler_(message->get_topic(), message->get_payload(), message->is_retained()); });
    });
  }

  // The order of destruction matters: the client goes first.
  Mailbox mailbox;
  Gate gate;
  const Broker& broker;
  Listener listener;
  std::unique_ptr<::mqtt::async_client> client;
  bool started = false;  // a connection was asked for

 private:
  Handler handler_;
};

Connection::Connection(const Broker& broker, const Address& address, Handler handler)
    : paho_(std::make_unique<Paho>(broker, address, std::move(handler))) {}

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
    if (paho_->mailbox.wait(stop_fd, left) == Mailbox::Woken::kStop) return End::kStopped;
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

Connection::End Connection::subscribe(std::span<const Subscription> subscriptions, int stop_fd, milliseconds patience,
                                      Outcome& outcome) {
  auto topics = std::make_shared<::mqtt::string_collection>();
  ::mqtt::async_client::qos_collection qos;
  for (Filter& filter : filters_of(subscriptions)) {
    topics->push_back(std::move(filter.topic));
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

Connection::End Connection::stay(int stop_fd) {
  while (!paho_->mailbox.lost()) {
    const Mailbox::Woken woken = paho_->mailbox.wait(stop_fd, kLookAfter);
    if (woken == Mailbox::Woken::kStop) return End::kStopped;
    if (woken == Mailbox::Woken::kTimeout && !paho_->client->is_connected()) break;  // lost, and nobody said so
  }
  return End::kFailed;
}

std::vector<Filter> filters_of(std::span<const Subscription> subscriptions) {
  std::vector<Filter> filters;
  for (const Subscription& subscription : subscriptions) {
    const std::string& topic = subscription.filter.subscription();
    const auto known =
        std::find_if(filters.begin(), filters.end(), [&](const Filter& filter) { return filter.topic == topic; });
    if (known == filters.end()) {
      filters.push_back({topic, subscription.qos});
    } else {
      known->qos = std::max(known->qos, subscription.qos);
    }
  }
  return filters;
}

}  // namespace telltale::mqtt
