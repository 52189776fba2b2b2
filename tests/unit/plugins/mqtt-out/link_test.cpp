#include "plugins/mqtt-out/link.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/mqtt-out/json_form.h"
#include "plugins/mqtt-out/mqtt_out_options.h"
#include "plugins/mqtt-out/settings.h"
#include "plugins/mqtt/presets/sparkplug_payload.h"
#include "tests/support/fake_host.h"
#include "tests/support/hostile_server.h"
#include "tests/support/outgoing.h"

namespace telltale::mqtt_out {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::FakeHost;
using test::Given;
using test::HostileServer;
using ::testing::HasSubstr;

std::unique_ptr<Form> json_form(const FakeHost& host) { return make_form(host.host().options(), "out"); }

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
  const FakeHost host(kOptionTable);
  mqtt::Broker broker = broker_at(1);
  broker.client_id = "\xff\xfe";
  Link link(host.host(), broker, json_form(host));
  EXPECT_THAT(failure_of(link), HasSubstr("MQTT"));
  EXPECT_THAT(failure_of(link), ::testing::Not("sent")) << "and it goes on trying";
}

// MQTT 3.1.1, section 2.2: a packet with its remaining length.
std::string packet(unsigned char head, std::string_view body) {
  std::string out(1, static_cast<char>(head));
  std::size_t left = body.size();
  do {
    const auto digit = static_cast<unsigned char>(left % 128);
    left /= 128;
    out += static_cast<char>(left > 0 ? digit | 0x80U : digit);
  } while (left > 0);
  return out.append(body);
}

std::string text(std::string_view of) {
  return std::string{static_cast<char>(of.size() / 256), static_cast<char>(of.size() % 256)}.append(of);
}

std::string message(std::string_view topic, std::string_view payload) {
  return packet(0x30, text(topic).append(payload));
}

const std::string kWelcome = packet(0x20, std::string_view("\0\0", 2));

// The packets that a client sends, one after the other.
class Packets {
 public:
  explicit Packets(HostileServer::Peer& peer) : peer_(peer) {}
  // Its first byte and what follows the length; an empty body when the client has gone.
  std::pair<unsigned char, std::string> next() {
    while (!peer_.closed()) {
      std::size_t size = 0;
      for (std::size_t i = 1; i < got_.size() && i < 5; ++i) {
        size |= (static_cast<std::size_t>(got_[i]) & 0x7fU) << (7 * (i - 1));
        if ((static_cast<unsigned char>(got_[i]) & 0x80U) != 0) continue;
        if (got_.size() < i + 1 + size) break;
        std::pair<unsigned char, std::string> found{got_[0], got_.substr(i + 1, size)};
        got_.erase(0, i + 1 + size);
        return found;
      }
      got_ += peer_.read();
    }
    return {};
  }

 private:
  HostileServer::Peer& peer_;
  std::string got_;
};

void wait_until(const std::function<bool()>& condition) {
  const auto end = steady_clock::now() + seconds(60);
  while (!condition() && steady_clock::now() < end) std::this_thread::sleep_for(milliseconds(2));
  ASSERT_TRUE(condition());
}

TEST(Link, AnEndDoesNotWaitForABrokerThatNeverAnswers) {
  HostileServer server([](HostileServer::Peer& peer) { peer.wait(); });
  const FakeHost host(kOptionTable);
  auto link = std::make_unique<Link>(host.host(), broker_at(server.port()), json_form(host));
  EXPECT_THAT(failure_of(*link), HasSubstr("connecting to 127.0.0.1:"));
  const auto began = steady_clock::now();
  link.reset();
  EXPECT_LT(steady_clock::now() - began, seconds(4)) << "sooner than the time that a connection may take";
}

TEST(Link, SaysWhyTheBrokerRefuses) {
  HostileServer server([](HostileServer::Peer& peer) {
    Packets(peer).next();
    peer.send(packet(0x20, std::string_view("\0\5", 2)));
    peer.wait();
  });
  const FakeHost host(kOptionTable);
  Link link(host.host(), broker_at(server.port()), json_form(host));
  EXPECT_THAT(failure_of(link), HasSubstr("user name or password"));
}

TEST(Link, StandsRubbishAndPacketsThatAreTooLarge) {
  const std::string huge = std::string("\x30\xff\xff\xff\x7f", 5) + std::string(200'000, 'x');
  const std::vector<std::string> all{std::string(70'000, '\0'),
                                     std::string(70'000, '\xff'),
                                     "HTTP/1.1 400 Bad Request\r\n\r\n",
                                     huge,
                                     kWelcome + huge,
                                     kWelcome + packet(0x30, "\xff\xff"),
                                     kWelcome + packet(0x90, ""),
                                     kWelcome + packet(0x40, "")};
  const FakeHost host(kOptionTable);
  std::deque<HostileServer> servers;
  std::deque<Link> links;  // at once: each has its time to find out
  for (const std::string& rubbish : all) {
    servers.emplace_back([rubbish](HostileServer::Peer& peer) {
      Packets(peer).next();
      peer.send(rubbish);
    });
    links.emplace_back(host.host(), broker_at(servers.back().port()), json_form(host));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    wait_until([&] { return servers[i].connections() >= 2; });  // it comes again
    EXPECT_THAT(failure_of(links[i]), ::testing::Not("sent")) << i;
  }
}

// A host application that asks without end: at most a birth a second, and each command is counted.
TEST(Link, AFloodOfCommandsIsCountedAndIsOneBirth) {
  constexpr int kMany = 20'000;
  std::atomic<int> births{0};
  HostileServer server([&](HostileServer::Peer& peer) {
    Packets packets(peer);
    packets.next();
    peer.send(kWelcome);
    while (!peer.closed()) {
      const auto [head, body] = packets.next();
      if (head == 0x82) {
        peer.send(packet(0x90, body.substr(0, 2) + '\1'));
        const std::string rebirth = message("spBv1.0/telltale/NCMD/n", mqtt::rebirth_command(1));
        std::string flood;
        for (int i = 0; i < kMany / 2; ++i) flood += rebirth + message("spBv1.0/telltale/NCMD/n", "\xff\xff");
        flood += message("spBv1.0/telltale/NCMD/n", std::string(100'000, '\0'));
        peer.send(flood);
      }
      if (head == 0x30 && body.find("/NBIRTH/") != std::string::npos) ++births;
    }
  });
  const FakeHost host(kOptionTable, Given::section({{"form", "sparkplug"}, {"node", "n"}}));
  Link link(host.host(), broker_at(server.port()), make_form(host.host().options(), "out"));
  const auto counted = [&] {
    return host.counted("commands.rebirth") + host.counted("commands.malformed") + host.counted("messages.dropped");
  };
  wait_until([&] { return counted() >= kMany + 1; });
  EXPECT_EQ(counted(), kMany + 1U);
  EXPECT_GT(host.counted("commands.rebirth"), 0U);
  EXPECT_GT(host.counted("commands.malformed"), 0U);
  EXPECT_GT(host.counted("messages.dropped"), 0U) << "the one that is too large";
  wait_until([&] { return births.load() >= 2; });  // its own, and the one that was asked for
  EXPECT_EQ(births.load(), 2) << "the clock stands still";
}

}  // namespace
}  // namespace telltale::mqtt_out
