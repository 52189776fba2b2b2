// One MQTT message.
#include <fmt/format.h>

#include "daemon/messenger/job.h"
#include "daemon/messenger/mqtt_client.h"

namespace telltale::messenger {

namespace {

core::Error failed(const std::string& why) { return core::make_error(core::ErrorCode::kUnavailable, why); }

}  // namespace

core::Result<std::string> send_mqtt(const Job& job) {
  auto client = connect_to_broker(job);
  if (!client) return client.error();
  std::string payload = job.payload;
  MQTTClient_deliveryToken token = 0;
  const int sent = ::MQTTClient_publish(client->get(), job.topic.c_str(), static_cast<int>(payload.size()),
                                        payload.data(), job.qos, job.retain ? 1 : 0, &token);
  if (sent != MQTTCLIENT_SUCCESS) return failed(fmt::format("the broker does not take the message ({})", sent));
  const int done = ::MQTTClient_waitForCompletion(client->get(), token, static_cast<unsigned long>(job.time) * 1000);
  if (done != MQTTCLIENT_SUCCESS) return failed("the broker did not confirm the message in time");
  ::MQTTClient_disconnect(client->get(), 1000);
  return std::string();
}

}  // namespace telltale::messenger
