// The message that a broker retains for a topic.
#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "daemon/messenger/job.h"
#include "daemon/messenger/mqtt_client.h"

namespace telltale::messenger {

namespace {

using std::chrono::steady_clock;

// A broker says nothing when nothing is retained, and sends what is right behind its answer to the subscription.
constexpr std::chrono::seconds kQuiet{5};

core::Error failed(const std::string& why) { return core::make_error(core::ErrorCode::kUnavailable, why); }

struct Release {
  void operator()(MQTTClient_message* message) const { ::MQTTClient_freeMessage(&message); }
  void operator()(char* topic) const { ::MQTTClient_free(topic); }
};

}  // namespace

core::Result<std::string> get_mqtt(const Job& job) {
  auto client = connect_to_broker(job);
  if (!client) return client.error();
  if (const int code = ::MQTTClient_subscribe(client->get(), job.topic.c_str(), 1); code != MQTTCLIENT_SUCCESS) {
    return failed(fmt::format("the broker does not let this user subscribe ({})", code));
  }
  const auto deadline = steady_clock::now() + kQuiet;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return std::string("{\"status\":404,\"etag\":\"\"}\n");
    char* topic = nullptr;
    int topic_bytes = 0;
    MQTTClient_message* raw = nullptr;
    const int code =
        ::MQTTClient_receive(client->get(), &topic, &topic_bytes, &raw, static_cast<unsigned long>(left.count()));
    const std::unique_ptr<char, Release> topic_owner(topic);
    const std::unique_ptr<MQTTClient_message, Release> message(raw);
    if (code != MQTTCLIENT_SUCCESS && code != MQTTCLIENT_TOPICNAME_TRUNCATED) {
      return failed(fmt::format("the connection to the broker was lost ({})", code));
    }
    // What somebody publishes just now is none that is kept: it comes with the next round.
    if (!message || message->retained == 0) continue;
    const auto size = static_cast<std::size_t>(message->payloadlen);
    if (size > job.most) return failed(fmt::format("what is retained is larger than {} bytes", job.most));
    ::MQTTClient_disconnect(client->get(), 1000);
    return std::string("{\"status\":200,\"etag\":\"\"}\n").append(static_cast<const char*>(message->payload), size);
  }
}

}  // namespace telltale::messenger
