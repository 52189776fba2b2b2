// A connection to a broker by Paho's synchronous client, which is good for one message. One thread.
#pragma once

#include <memory>

#include <MQTTClient.h>

#include "daemon/core/error.h"
#include "daemon/messenger/job.h"

namespace telltale::messenger {

struct DestroyClient {
  void operator()(void* client) const {
    MQTTClient handle = client;
    ::MQTTClient_destroy(&handle);
  }
};
using BrokerClient = std::unique_ptr<void, DestroyClient>;

// Connected, with the login and the certificates of the job.
[[nodiscard]] core::Result<BrokerClient> connect_to_broker(const Job& job);

}  // namespace telltale::messenger
