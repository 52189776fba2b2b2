// The whole input against a real broker, started and stopped by the test.
#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugins/mqtt/mqtt_input.h"
#include "tests/support/plugin_runner.h"
#include "tests/unit/plugins/mqtt/broker.h"

namespace telltale::mqtt {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::Given;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Keys = std::vector<std::pair<std::string, Given>>;

const telltale_plugin& plugin() { return *detail::Glue<MqttInput>::entry(TELLTALE_ABI_MAJOR); }

Given options(const std::string& url, std::vector<Given> subscriptions, Keys more = {}) {
  Keys keys{{"url", url}, {"subscribe", Given::list(std::move(subscriptions))}};
  for (auto& key : more) keys.push_back(std::move(key));
  return Given::section(std::move(keys));
}
Given topic(const std::string& filter, Keys more = {}) {
  Keys keys{{"topic", filter}};
  for (auto& key : more) keys.push_back(std::move(key));
  return Given::section(std::move(keys));
}

// True once it holds; looks again every few milliseconds.
template <class Condition>
bool eventually(Condition&& holds, std::chrono::milliseconds patience = 20s) {
  for (const auto end = steady_clock::now() + patience; steady_clock::now() < end;) {
    if (holds()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return holds();
}

// The input in a thread of its own.
class Input {
 public:
  explicit Input(const Given& given) : runner_(plugin(), given) {
    host().use_the_real_clock();
    runner_.start();
  }
  test::FakeHost& host() { return runner_.host(); }
  bool is_ok() {
    return eventually([&] { return host().health() == TELLTALE_HEALTH_OK; });
  }
  bool fails_with(const std::string& reason) {
    return eventually([&] {
      return host().health() == TELLTALE_HEALTH_FAILING && host().health_reason().find(reason) != std::string::npos;
    });
  }
  bool gets(const std::string& key, double value) {
    return host().wait_for(key, [value](const auto& reading) { return reading.value == value; });
  }
  // How long the stop took.
  std::chrono::milliseconds stop() {
    const auto before = steady_clock::now();
    EXPECT_EQ(runner_.stop(), TELLTALE_OK);
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - before);
  }

 private:
  test::PluginRunner runner_;
};

TEST(MqttSession, ReadsNumbersJsonAndNamesFromTopics) {
  test::Broker broker;
  broker.start();
  Input input(options(broker.url(),
                      {topic("plain/+"), topic("plant/+/{sensor}", {{"value", "$.value"}, {"name", "{sensor}.{1}"}})}));
  ASSERT_TRUE(input.is_ok()) << input.host().health_reason();
  broker.publish("plain/a", "21.5");
  broker.publish("plain/b", R"({"x":1,"y":true})");
  broker.publish("plant/press7/oil", R"({"value": 80.25})");
  EXPECT_TRUE(input.gets("plain.a", 21.5));
  EXPECT_TRUE(input.gets("plain.b.y", 1));
  EXPECT_TRUE(input.gets("oil.press7", 80.25));
  EXPECT_LT(input.stop(), 2s);
  EXPECT_THAT(input.host().faults(), IsEmpty());
}

TEST(MqttSession, MarksWhatTheBrokerRetainedStale) {
  test::Broker broker;
  broker.start();
  broker.publish("t", "1", true);
  Input input(options(broker.url(), {topic("t")}));
  ASSERT_TRUE(input.gets("t", 1));
  EXPECT_EQ(input.host().last("t")->quality, TELLTALE_QUALITY_STALE);
  broker.publish("t", "2", true);
  ASSERT_TRUE(input.gets("t", 2));
  EXPECT_EQ(input.host().last("t")->quality, TELLTALE_QUALITY_GOOD);
}

TEST(MqttSession, ComesBackAfterTheBrokerWasKilled) {
  test::Broker broker;
  broker.start();
  Input input(options(broker.url(), {topic("t")}));
  ASSERT_TRUE(input.is_ok());
  for (int round = 1; round <= 2; ++round) {
    broker.publish("t", std::to_string(round));
    ASSERT_TRUE(input.gets("t", round));
    broker.kill();
    ASSERT_TRUE(input.fails_with("connection refused by " + broker.where() + ": is the broker running?"));
    broker.start();
    ASSERT_TRUE(input.is_ok());
  }
  EXPECT_EQ(input.host().counted("connection.lost"), 2U);
}

TEST(MqttSession, StartsWithTheBrokerDown) {
  test::Broker broker;
  Input input(options(broker.url(), {topic("t")}));
  ASSERT_TRUE(input.fails_with("connection refused by " + broker.where() + ": is the broker running?"));
  broker.start();
  ASSERT_TRUE(input.is_ok());
  broker.publish("t", "5");
  EXPECT_TRUE(input.gets("t", 5));
}

TEST(MqttSession, NoticesABrokerThatHangs) {
  test::Broker broker;
  broker.start();
  Input input(options(broker.url(), {topic("t")}, {{"keep_alive", "1s"}}));
  ASSERT_TRUE(input.is_ok());
  broker.freeze();
  EXPECT_TRUE(eventually([&] { return input.host().health() != TELLTALE_HEALTH_OK; }));
  broker.thaw();
  ASSERT_TRUE(input.is_ok());
  broker.publish("t", "5");
  EXPECT_TRUE(input.gets("t", 5));
}

TEST(MqttSession, CountsHostilePayloadsAndGoesOn) {
  test::Broker broker;
  broker.start();
  Input input(options(broker.url(), {topic("#", {{"payload", "json"}})}));
  ASSERT_TRUE(input.is_ok());
  broker.publish("a", "{\"v\":");
  broker.publish("a", std::string(100, '[') + std::string(100, ']'));
  broker.publish("a", "{\"v\":\"\xff\xfe\"}");
  broker.publish("a", std::string(1'000'000, '1'));
  std::string many = "{\"k0\":0";
  for (int i = 1; i < 10'000; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  broker.publish("a", many + "}");
  broker.publish("a", "{\"v\":1,\"v\":2}");
  broker.publish("end", "7");
  ASSERT_TRUE(input.gets("end", 7));
  EXPECT_EQ(input.host().counted("payload.not_json"), 1U);
  EXPECT_EQ(input.host().counted("payload.too_deep"), 1U);
  EXPECT_EQ(input.host().counted("payload.not_utf8"), 1U);
  EXPECT_EQ(input.host().counted("payload.too_large"), 1U);
  EXPECT_EQ(input.host().counted("payload.too_many_values"), 1U);
  EXPECT_EQ(input.host().counted("payload.duplicate_key"), 1U);
  EXPECT_EQ(input.host().series().size(), 1U);
  EXPECT_THAT(input.host().faults(), IsEmpty());
}

TEST(MqttSession, LosesNothingOfALongRun) {
  test::Broker broker("allow_anonymous true\nmax_queued_messages 0\n");
  broker.start();
  Input input(options(broker.url(), {topic("t")}));
  ASSERT_TRUE(input.is_ok());
  std::string lines;
  constexpr int kCount = 20'000;
  for (int i = 1; i <= kCount; ++i) lines += std::to_string(i) + "\n";
  broker.publish_lines("t", lines);
  ASSERT_TRUE(input.gets("t", kCount));
  const auto readings = input.host().readings("t");
  ASSERT_EQ(readings.size(), static_cast<std::size_t>(kCount));
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(readings[static_cast<std::size_t>(i)].value, i + 1);
}

TEST(MqttSession, GetsWhatCameWhileItWasAwayWhenTheSessionIsKept) {
  test::Broker broker;
  broker.start();
  const Given kept = options(broker.url(), {topic("t")}, {{"client_id", "press-7"}, {"clean_session", "false"}});
  {
    Input input(kept);
    ASSERT_TRUE(input.is_ok());
  }
  broker.publish("t", "1");
  broker.publish("t", "2");
  Input input(kept);
  EXPECT_TRUE(input.gets("t", 2));
  EXPECT_EQ(input.host().readings("t").size(), 2U);
}

TEST(MqttSession, SpeaksMqtt5) {
  test::Broker broker;
  broker.start();
  const Given kept =
      options(broker.url(), {topic("t")}, {{"version", "5"}, {"client_id", "press-7"}, {"clean_session", "false"}});
  {
    Input input(kept);
    ASSERT_TRUE(input.is_ok()) << input.host().health_reason();
    broker.publish("t", "1");
    EXPECT_TRUE(input.gets("t", 1));
  }
  broker.publish("t", "2");
  Input input(kept);
  EXPECT_TRUE(input.gets("t", 2));
}

TEST(MqttSession, SaysThatAPasswordIsMissingOrWrong) {
  test::Broker broker("allow_anonymous false\npassword_file DIR/passwords\n");
  test::Child passwords({"mosquitto_passwd", "-b", "-c", (broker.directory() / "passwords").string(), "ann", "secret"});
  ASSERT_EQ(passwords.wait(), 0);
  broker.start();
  for (const std::string version : {"3.1.1", "5"}) {
    Input anonymous(options(broker.url(), {topic("t")}, {{"version", version}}));
    EXPECT_TRUE(anonymous.fails_with("the broker wants a user: set 'username' and 'password'"))
        << anonymous.host().health_reason();
    Input wrong(options(broker.url(), {topic("t")}, {{"version", version}, {"username", "ann"}, {"password", "x"}}));
    EXPECT_TRUE(wrong.fails_with("the broker does not allow the user 'ann'")) << wrong.host().health_reason();
    Input right(
        options(broker.url(), {topic("t")}, {{"version", version}, {"username", "ann"}, {"password", "secret"}}));
    EXPECT_TRUE(right.is_ok()) << right.host().health_reason();
  }
}

// Accepts connections and does nothing more.
class DeafServer {
 public:
  DeafServer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(test::free_port()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 16), 0);
  }
  DeafServer(const DeafServer&) = delete;
  DeafServer& operator=(const DeafServer&) = delete;
  ~DeafServer() { ::close(fd_); }
  [[nodiscard]] int port() const { return port_; }
  // Answers the next connection's first packet with `reply`, and its second one with `second`.
  void serve(std::string_view reply, std::string_view second) const {
    const int connection = ::accept(fd_, nullptr, nullptr);
    char packet[1'024];
    (void)!::read(connection, packet, sizeof packet);
    (void)!::write(connection, reply.data(), reply.size());
    if (!second.empty()) {
      (void)!::read(connection, packet, sizeof packet);
      (void)!::write(connection, second.data(), second.size());
      (void)!::read(connection, packet, sizeof packet);
    }
    ::close(connection);
  }

 private:
  int fd_;
  int port_;
};

TEST(MqttSession, StopsInTimeWhileAServerDoesNotAnswer) {
  const DeafServer server;
  Input input(options("mqtt://127.0.0.1:" + std::to_string(server.port()), {topic("t")}));
  std::this_thread::sleep_for(200ms);  // any moment of the attempt will do
  EXPECT_LT(input.stop(), 2s);
}

TEST(MqttSession, SaysThatAServerIsNoBroker) {
  const DeafServer server;
  Input input(options("mqtt://127.0.0.1:" + std::to_string(server.port()), {topic("t")}));
  EXPECT_TRUE(input.fails_with("does not answer as an MQTT broker: is it the right port?"))
      << input.host().health_reason();
}

TEST(MqttSession, SaysWhyTheBrokerRefuses) {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {std::string("\x20\x02\x00\x01", 4), "", "does not speak MQTT 3.1.1"},
      {std::string("\x20\x02\x00\x02", 4), "", "refused the client_id 'me'"},
      {std::string("\x20\x02\x00\x03", 4), "", "not available now"},
      {std::string("\x20\x02\x00\x04", 4), "", "refused the user name or password"},
      {std::string("\x20\x02\x00\x00", 4), std::string("\x90\x03\x00\x01\x80", 5), "refused the subscription to 't'"},
  };
  for (const auto& [reply, second, reason] : cases) {
    const DeafServer server;
    Input input(options("mqtt://127.0.0.1:" + std::to_string(server.port()), {topic("t")}, {{"client_id", "me"}}));
    server.serve(reply, second);
    EXPECT_TRUE(input.fails_with(reason)) << reason << ": " << input.host().health_reason();
  }
}

TEST(MqttSession, SaysThatANameIsNotKnown) {
  Input input(options("mqtt://no-such-broker.invalid", {topic("t")}));
  EXPECT_TRUE(input.fails_with("'no-such-broker.invalid' of the broker")) << input.host().health_reason();
  EXPECT_LT(input.stop(), 2s);
}

TEST(MqttSession, ConnectsAndDisconnectsAHundredTimesWithoutADeadlock) {
  test::Broker broker;
  broker.start();
  const Given given = options(broker.url(), {topic("t")});
  for (int i = 0; i < 100; ++i) {
    Input input(given);
    if (i % 4 != 0) {  // else: stopped at any moment of the connecting
      ASSERT_TRUE(input.is_ok()) << i;
    }
    ASSERT_LT(input.stop(), 2s) << i;
  }
}

TEST(MqttSession, SurvivesABrokerThatIsKilledUnderLoad) {
  test::Broker broker;
  broker.start();
  Input input(options(broker.url(), {topic("t")}));
  std::string lines;
  for (int i = 0; i < 50'000; ++i) lines += "1\n";
  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(input.is_ok());
    const std::size_t before = input.host().reading_count();
    const test::Child publisher = broker.line_publisher("t", lines);
    EXPECT_TRUE(eventually([&] { return input.host().reading_count() > before + 100; }));
    broker.kill();
    ASSERT_TRUE(eventually([&] { return input.host().health() != TELLTALE_HEALTH_OK; }));
    broker.start();
  }
  ASSERT_TRUE(input.is_ok());
  EXPECT_LT(input.stop(), 2s);
}

TEST(MqttSession, LeavesTheProcessesSigpipeAlone) {
  struct sigaction mine {};
  mine.sa_handler = [](int) {};
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGPIPE, &mine, &before), 0);
  {
    test::Broker broker;
    broker.start();
    Input input(options(broker.url(), {topic("t")}));
    ASSERT_TRUE(input.is_ok());
    struct sigaction now {};
    ::sigaction(SIGPIPE, nullptr, &now);
    EXPECT_EQ(now.sa_handler, mine.sa_handler);
  }
  ::sigaction(SIGPIPE, &before, nullptr);
}

TEST(MqttSession, RefusesOptionsThatDoNotFitTogether) {
  EXPECT_THROW(test::PluginRunner(plugin(), options("https://x", {topic("t")})), std::runtime_error);
  try {
    const test::PluginRunner runner(plugin(), options("mqtt://x", {topic("a/#/b")}));
    ADD_FAILURE();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("-2: "), HasSubstr("subscribe[1]: topic:")));
  }
}

}  // namespace
}  // namespace telltale::mqtt
