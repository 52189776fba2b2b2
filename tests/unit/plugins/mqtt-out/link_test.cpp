#include "plugins/mqtt-out/link.h"

#include <chrono>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/mqtt-out/json_form.h"
#include "plugins/mqtt-out/mqtt_out_options.h"
#include "plugins/mqtt-out/settings.h"
#include "tests/support/fake_host.h"
#include "tests/support/outgoing.h"

namespace telltale::mqtt_out {
namespace {

std::unique_ptr<Form> json_form(const test::FakeHost& host) { return make_form(host.host().options(), "out"); }

mqtt::Broker broker_at(int port) {
  mqtt::Broker broker;
  broker.host = "127.0.0.1";
  broker.port = static_cast<std::uint16_t>(port);
  broker.client_id = "a";
  return broker;
}

std::string failure_of(Link& link) {
  test::Outgoing out;
  out.add("a", 1, 1);
  try {
    link.send(OutgoingBatch(out.batch()), -1);
    return "sent";
  } catch (const IoError& error) {
    return error.what();
  }
}

// Paho takes no client_id that is no UTF-8, and says so by an exception, on the link's thread.
TEST(Link, AnExceptionOnItsThreadIsAReasonAndNotAnEnd) {
  const test::FakeHost host(kOptionTable);
  mqtt::Broker broker = broker_at(1);
  broker.client_id = "\xff\xfe";
  Link link(host.host(), broker, json_form(host));
  EXPECT_THAT(failure_of(link), ::testing::HasSubstr("MQTT"));
  EXPECT_THAT(failure_of(link), ::testing::Not("sent")) << "and it goes on trying";
}

}  // namespace
}  // namespace telltale::mqtt_out
