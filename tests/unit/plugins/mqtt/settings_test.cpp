#include "plugins/mqtt/settings.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/mqtt/mqtt_options.h"
#include "plugins/mqtt/session/backoff.h"
#include "tests/support/option_tree.h"

namespace telltale::mqtt {
namespace {

using test::Given;
using ::testing::HasSubstr;
using Keys = std::vector<std::pair<std::string, Given>>;

Settings settings_of(Keys keys) {
  const test::OptionTree tree(kOptionTable, Given::section(std::move(keys)));
  return make_settings(Options(tree.root()), "made-up");
}

std::string refusal_of(Keys keys) {
  try {
    (void)settings_of(std::move(keys));
    return "taken";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

Given one(Keys keys) { return Given::list({Given::section(std::move(keys))}); }

TEST(MqttSettings, ReadsTheUrl) {
  const std::vector<std::tuple<std::string, std::string, int>> cases{{"mqtt://10.0.0.1:1884", "10.0.0.1", 1884},
                                                                     {"tcp://broker.local", "broker.local", 1883},
                                                                     {"mqtt://[::1]:2000", "::1", 2000},
                                                                     {"mqtt://[fe80::1]/", "fe80::1", 1883},
                                                                     {"mqtts://x", "x", 8883},
                                                                     {"ssl://x:1", "x", 1},
                                                                     {"ws://x/mqtt", "x", 80},
                                                                     {"wss://[::1]:9001/a/b", "::1", 9001}};
  for (const auto& [url, host, port] : cases) {
    Broker broker;
    parse_url(url, broker);
    EXPECT_EQ(broker.host, host) << url;
    EXPECT_EQ(broker.port, port) << url;
  }
}

TEST(MqttSettings, SaysWhatIsWrongWithAUrl) {
  const std::vector<std::pair<std::string, std::string>> cases{{"10.0.0.1:1883", "mqtt://HOST:PORT"},
                                                               {"http://x", "mqtt://HOST:PORT"},
                                                               {"mqtts://x:", "from 1 to 65535"},
                                                               {"mqtts://x/path", "follow the port"},
                                                               {"ws://x/a b", "special characters"},
                                                               {"mqtt://u:p@x", "'username'"},
                                                               {"mqtt://", "host is missing"},
                                                               {"mqtt://x:0", "from 1 to 65535"},
                                                               {"mqtt://x:99999", "from 1 to 65535"},
                                                               {"mqtt://x:", "from 1 to 65535"},
                                                               {"mqtt://x:1883/topic", "follow the port"},
                                                               {"mqtt://[::1", "']'"},
                                                               {"mqtt://[::1]x", "from 1 to"}};
  for (const auto& [url, reason] : cases) {
    Broker broker;
    try {
      parse_url(url, broker);
      ADD_FAILURE() << url;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason)) << url;
    }
  }
}

TEST(MqttSettings, FillsInWhatIsNotGiven) {
  const Settings settings = settings_of({{"subscribe", one({{"topic", "a"}})}});
  EXPECT_EQ(settings.broker.where(), "127.0.0.1:1883");
  EXPECT_EQ(settings.broker.client_id, "made-up");
  EXPECT_FALSE(settings.broker.version_5);
  EXPECT_EQ(settings.broker.keep_alive, std::chrono::seconds(30));
  EXPECT_EQ(settings.max_series, 2'000U);
  EXPECT_EQ(settings.subscriptions.at(0).qos, 1);
}

TEST(MqttSettings, NamesTheEntryAndTheReason) {
  EXPECT_THAT(
      refusal_of({{"subscribe", Given::list({Given::section({{"topic", "a"}}), Given::section({{"topic", "a#"}})})}}),
      HasSubstr("subscribe[2]: topic: "));
  EXPECT_THAT(refusal_of({{"subscribe", one({{"topic", "a"}, {"name", "{b}"}})}}), HasSubstr("subscribe[1]: name: "));
  EXPECT_THAT(refusal_of({{"subscribe", one({{"topic", "a"}, {"value", "$.["}})}}),
              HasSubstr("value: '$.[': a name is missing at character 3"));
  EXPECT_THAT(refusal_of({{"subscribe", one({{"topic", "a"}, {"value", "$.v"}, {"payload", "number"}})}}),
              HasSubstr("places in JSON"));
  EXPECT_THAT(refusal_of({{"subscribe", one({{"topic", "a"}, {"payload", "text"}, {"kind", "gauge"}})}}),
              HasSubstr("payload: number"));
  EXPECT_THAT(refusal_of({{"clean_session", "false"}, {"subscribe", one({{"topic", "a"}})}}), HasSubstr("'client_id'"));
  EXPECT_THAT(refusal_of({{"password", "x"}, {"subscribe", one({{"topic", "a"}})}}), HasSubstr("'username'"));
  EXPECT_THAT(refusal_of({{"subscribe", Given::list({})}}), HasSubstr("nothing would ever arrive"));
  EXPECT_THAT(refusal_of({}), HasSubstr("nothing would ever arrive"));
}

TEST(MqttSettings, ChecksWhatBelongsTogether) {
  const auto subscribe = std::pair<std::string, Given>("subscribe", one({{"topic", "a"}}));
  const Given notice = Given::section({{"topic", "a/+"}, {"payload", "x"}});
  EXPECT_THAT(refusal_of({subscribe, {"tls", Given::section({{"ca", "x"}})}}), HasSubstr("mqtts://"));
  EXPECT_THAT(refusal_of({subscribe, {"url", "mqtts://x"}, {"tls", Given::section({{"key", "x"}})}}),
              HasSubstr("'cert'"));
  EXPECT_THAT(refusal_of({subscribe, {"will", notice}}), HasSubstr("will: a topic to publish to"));
  EXPECT_THAT(refusal_of({subscribe, {"birth", notice}}), HasSubstr("birth: a topic to publish to"));
  EXPECT_THAT(refusal_of({{"subscribe", one({{"topic", "a"}, {"user_properties", Given::list({"x"})}})}}),
              HasSubstr("'version: 5'"));
  const auto label = [](const std::string& name, const std::string& value) {
    return one({{"topic", "a/{b}"}, {"labels", one({{"name", name}, {"value", value}})}});
  };
  EXPECT_THAT(refusal_of({{"subscribe", label("1x", "{b}")}}), HasSubstr("no name of a label"));
  EXPECT_THAT(refusal_of({{"subscribe", label("x", "{c}")}}), HasSubstr("labels: the name uses {c}"));
  EXPECT_THAT(refusal_of({{"presets", one({{"preset", "shelly"}, {"topic", "a/#"}})}}), HasSubstr("presets[1]: topic"));
  EXPECT_THAT(refusal_of({{"presets", one({{"preset", "shelly"}, {"group", "a"}})}}), HasSubstr("sparkplug only"));
  EXPECT_EQ(refusal_of({{"presets", one({{"preset", "shelly"}})}}), "taken");
}

TEST(MqttSettings, SubscribesToEachTopicOnce) {
  const Settings settings = settings_of(
      {{"subscribe", Given::list({Given::section({{"topic", "a/+"}, {"qos", "0"}}), Given::section({{"topic", "b"}}),
                                  Given::section({{"topic", "a/{x}"}, {"qos", "2"}})})}});
  const auto filters = filters_of(settings.subscriptions);
  ASSERT_EQ(filters.size(), 2U);
  EXPECT_EQ(filters[0].topic, "a/+");
  EXPECT_EQ(filters[0].qos, 2);
  EXPECT_EQ(filters[1].topic, "b");
}

TEST(MqttBackoff, DoublesUpToItsLimitWithJitter) {
  for (const std::uint32_t random : {0U, 12'345U, 0xffff'ffffU}) {
    Backoff backoff([random] { return random; });
    std::chrono::milliseconds step = Backoff::kFirst;
    for (int i = 0; i < 20; ++i) {
      const auto wait = backoff.next();
      EXPECT_GE(wait, step / 2);
      EXPECT_LE(wait, step);
      step = std::min(step * 2, Backoff::kLast);
    }
    EXPECT_EQ(step, Backoff::kLast);
    backoff.reset();
    EXPECT_LE(backoff.next(), Backoff::kFirst);
  }
}

}  // namespace
}  // namespace telltale::mqtt
