#include "daemon/messenger/mqtt_client.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace telltale::messenger {

namespace {

core::Error failed(const std::string& why) { return core::make_error(core::ErrorCode::kUnavailable, why); }

// Paho knows tcp:// and ssl://.
std::string paho_address(const std::string& url) {
  const bool safe = url.starts_with("mqtts://");
  std::string host = url.substr(url.find("://") + 3);
  const auto bracket = host.rfind(']');
  if (host.find(':', bracket == std::string::npos ? 0 : bracket) == std::string::npos) host += safe ? ":8883" : ":1883";
  return (safe ? "ssl://" : "tcp://") + host;
}

std::string refusal(int code, bool tls) {
  switch (code) {
    case MQTTCLIENT_FAILURE:
      return tls ? "no broker answers there, or none whose certificate is trusted" : "no broker answers there";
    case 1:
      return "the broker does not speak MQTT 3.1.1";
    case 2:
      return "the broker refused the client id";
    case 3:
      return "the broker says that it is not available now";
    case 4:
      return "the broker refused the user name or password";
    case 5:
      return "the broker does not allow this user to connect";
    default:
      return fmt::format("cannot connect to the broker ({})", code);
  }
}

}  // namespace

core::Result<BrokerClient> connect_to_broker(const Job& job) {
  MQTTClient handle = nullptr;
  const std::string address = paho_address(job.url);
  // An empty client id: the broker gives one, and forgets it.
  if (::MQTTClient_create(&handle, address.c_str(), "", MQTTCLIENT_PERSISTENCE_NONE, nullptr) != MQTTCLIENT_SUCCESS) {
    return failed("is not an address like mqtt://broker:1883");
  }
  BrokerClient owner(handle);
  MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
  MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;
  options.cleansession = 1;
  options.keepAliveInterval = 30;
  options.connectTimeout = job.time;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  if (!job.user.empty()) {
    options.username = job.user.c_str();
    options.password = job.password.c_str();
  }
  if (address.starts_with("ssl://")) {
    tls.enableServerCertAuth = 1;
    tls.verify = 1;
    tls.sslVersion = MQTT_SSL_VERSION_TLS_1_2;
    tls.trustStore = job.ca.empty() ? "/etc/ssl/certs/ca-certificates.crt" : job.ca.c_str();
    options.ssl = &tls;
  }
  if (const int code = ::MQTTClient_connect(handle, &options); code != MQTTCLIENT_SUCCESS) {
    return failed(refusal(code, options.ssl != nullptr));
  }
  return core::Result<BrokerClient>(std::move(owner));
}

}  // namespace telltale::messenger
