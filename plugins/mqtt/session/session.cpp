#include "plugins/mqtt/session/session.h"

#include <algorithm>
#include <random>
#include <utility>

#include "plugins/mqtt/session/inflight_store.h"
#include "plugins/mqtt/session/sigpipe.h"

namespace telltale::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kResolvePatience{10'000};
constexpr milliseconds kConnectPatience{6'000};
constexpr milliseconds kSubscribePatience{10'000};
constexpr milliseconds kExplainPatience{1'000};
constexpr milliseconds kTick{1'000};
constexpr int kRefused = 0x80;         // in a SUBACK, and above
constexpr seconds kLongConnection{2};  // a broker that drops its clients at once is not asked four times a second

// Codes of a refused connection: MQTT 3.1.1, table 3.1, and MQTT 5, table 3-1.
std::string refusal(const Outcome& outcome, const Broker& broker) {
  switch (outcome.code) {
    case 1:
    case 0x84:
      return "the broker does not speak MQTT " + std::string(broker.version_5 ? "5" : "3.1.1") +
             ": set 'version' to the other one";
    case 2:
    case 0x85:
      return "the broker refused the client_id '" + broker.client_id + "'";
    case 3:
    case 0x88:
    case 0x89:
      return "the broker says that it is not available now";
    case 4:
    case 0x86:
      return "the broker refused the user name or password";
    case 5:
    case 0x87:
      return broker.username.empty() ? "the broker wants a user: set 'username' and 'password'"
                                     : "the broker does not allow the user '" + broker.username + "' to connect";
    case 0x8a:
      return "the broker has banned this client";
    default:
      return {};
  }
}

std::function<std::uint32_t()> random_source() {
  return [engine = std::mt19937(std::random_device{}())]() mutable { return static_cast<std::uint32_t>(engine()); };
}

}  // namespace

Session::Session(Host host, const Broker& broker, Outbox& outbox, Connection::Handler handler, SessionEvents events)
    : host_(host),
      broker_(broker),
      outbox_(outbox),
      handler_(std::move(handler)),
      events_(std::move(events)),
      store_(std::make_unique<InflightStore>()),
      backoff_(random_source()) {}

Session::~Session() = default;

void Session::run(int stop_fd) {
  const SigpipeGuard sigpipe;
  const Stop stop(stop_fd);
  host_.connecting("connecting to " + broker_.where());
  while (!stop.requested()) {
    if (attempt(stop_fd)) backoff_.reset();
    if (pause(backoff_.next(), stop_fd)) break;
  }
}

bool Session::pause(milliseconds time, int stop_fd) {
  const Stop stop(stop_fd);
  for (; time > kTick; time -= kTick) {
    events_.tick();
    if (stop.wait_for(kTick)) return true;
  }
  events_.tick();
  return stop.wait_for(time);
}

bool Session::attempt(int stop_fd) {
  const auto resolved = resolve(broker_, Stop(stop_fd), kResolvePatience);
  if (const auto* reason = std::get_if<std::string>(&resolved)) {
    say_failing(*reason);
    return false;
  }
  const auto started = host_.now();
  for (const Address& address : std::get<std::vector<Address>>(resolved)) {
    if (attempt(address, stop_fd) || Stop(stop_fd).requested()) break;
    if (broker_.transport != Transport::kTcp) break;  // Paho goes by the name, and chooses the address
  }
  return host_.now() - started >= kLongConnection;
}

// True when it was connected, however shortly.
bool Session::attempt(const Address& address, int stop_fd) {
  Connection connection(broker_, address, *store_, handler_);
  Outcome outcome;
  outbox_.drop_outgoing();
  const Connection::End end = connection.connect(stop_fd, kConnectPatience, outcome);
  if (end != Connection::End::kDone) {
    if (end != Connection::End::kStopped) say_failing(reason_of(end, outcome, address, stop_fd));
    return false;
  }
  const std::vector<Filter> filters = outbox_.filters();
  subscribed_ = filters.size();
  if (!filters.empty() && !subscribe(connection, filters, address, stop_fd)) return true;
  if (broker_.birth) {
    connection.publish({broker_.birth->topic, broker_.birth->payload, broker_.birth->qos, broker_.birth->retain});
  }
  if (!serve(connection, address, stop_fd)) return true;
  host_.count("connection.lost");
  host_.connecting("the connection to " + address.where() + " was lost: connecting again");
  return true;
}

bool Session::serve(Connection& connection, const Address& address, int stop_fd) {
  last_messages_ = connection.messages();
  last_message_at_ = host_.now();
  for (;;) {
    outbox_.clear();
    if (const std::vector<Filter> added = outbox_.filters(subscribed_); !added.empty()) {
      subscribed_ += added.size();
      if (!subscribe(connection, added, address, stop_fd)) return !Stop(stop_fd).requested();
    }
    send_outgoing(connection);
    const Connection::End end = connection.stay(stop_fd, outbox_.fd(), kTick);
    events_.tick();
    if (end == Connection::End::kStopped) return false;
    if (end == Connection::End::kFailed) {
      host_.warning("the connection to the broker at " + address.where() + " was lost");
      return true;
    }
    if (silent_for_too_long(connection.messages())) {
      host_.count("connection.silent");
      host_.warning("no message from the broker at " + address.where() + " for too long: connecting anew");
      return true;
    }
  }
}

bool Session::silent_for_too_long(std::uint64_t messages) {
  const auto now = host_.now();
  if (messages != last_messages_) {
    last_messages_ = messages;
    last_message_at_ = now;
  }
  return broker_.silence.count() != 0 && now - last_message_at_ >= broker_.silence;
}

void Session::send_outgoing(Connection& connection) {
  for (const Outgoing& message : outbox_.take_outgoing()) {
    if (!connection.publish(message)) host_.count("publish.failed");
  }
}

// False when nothing can arrive over this connection. A broker may refuse some topics and grant others: these arrive,
// and the input says what is missing.
bool Session::subscribe(Connection& connection, const std::vector<Filter>& filters, const Address& address,
                        int stop_fd) {
  Outcome outcome;
  const Connection::End end = connection.subscribe(filters, stop_fd, kSubscribePatience, outcome);
  if (end == Connection::End::kStopped) return false;
  if (end == Connection::End::kTimeout || (end == Connection::End::kFailed && outcome.code < kRefused)) {
    say_failing("the broker at " + address.where() + " does not answer the subscription");
    return false;
  }
  std::string refused;
  std::size_t granted = 0;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if ((i < outcome.granted.size() ? outcome.granted[i] : outcome.code) < kRefused) {
      ++granted;
    } else {
      refused += (refused.empty() ? "'" : ", '") + filters[i].topic + "'";
    }
  }
  if (!refused.empty()) {
    say_failing("the broker refused the subscription to " + refused + ": is this user allowed to read it?");
    return granted != 0;
  }
  if (filters.size() < subscribed_) return true;  // added later
  host_.info("connected to the broker at " + address.where());
  last_reason_.clear();
  host_.ok();
  return true;
}

std::string Session::reason_of(Connection::End end, const Outcome& outcome, const Address& address, int stop_fd) const {
  if (end == Connection::End::kFailed) {
    if (std::string words = refusal(outcome, broker_); !words.empty()) return words;
  }
  return explain(broker_, address, Stop(stop_fd), kExplainPatience);
}

void Session::say_failing(const std::string& reason) {
  host_.failing(reason);
  host_.count("connection.failed");
  if (reason != last_reason_) host_.warning(reason);
  last_reason_ = reason;
}

}  // namespace telltale::mqtt
