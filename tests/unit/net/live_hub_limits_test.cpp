#include "daemon/net/live_hub.h"
#include "tests/unit/net/live_hub_fixture.h"

namespace telltale::net {
namespace {

class LiveHubLimits : public LiveHubTest {};

TEST_F(LiveHubLimits, ResumesBehindWhatTheClientHasSeen) {
  const auto a = world.catalog.add("a");
  std::int64_t seen = 0;
  {
    HubClient client(*hub);
    client.say(R"({"op":"subscribe","id":"s","series":["a"],"rate":20})");
    loop->run();
    client.take();
    publish({reading(a, 1, 1)});
    loop->advance(50ms);
    const auto messages = client.take();
    ASSERT_EQ(messages.size(), 1U);
    seen = messages[0].at("seq").as_int64();
  }
  for (int i = 2; i < 12; ++i) {
    loop->advance(1s);
    publish({reading(a, i, i)});
  }
  HubClient back(*hub);
  back.say(R"({"op":"subscribe","id":"t","series":["a"],"rate":20,"since":)" + std::to_string(seen) + "}");
  auto messages = back.take();
  ASSERT_EQ(messages.size(), 11U);
  EXPECT_EQ(op_of(messages[0]), "series");
  for (int i = 2; i < 12; ++i) {
    EXPECT_EQ(rows_of(messages[static_cast<std::size_t>(i) - 1]),
              "[[0," + std::to_string(i) + "," + std::to_string(i) + "]]");
    EXPECT_EQ(messages[static_cast<std::size_t>(i) - 1].at("id"), "t");
  }
  // Nothing missed: nothing sent.
  HubClient current(*hub);
  current.say(R"({"op":"subscribe","id":"t","series":["a"],"rate":20,"since":)" +
              std::to_string(messages.back().at("seq").as_int64()) + "}");
  EXPECT_EQ(ops_of(current.take()), (std::vector<std::string>{"series"}));
}

TEST_F(LiveHubLimits, AnnouncesAGapWhenWhatWasMissedIsNoLongerKept) {
  const auto a = world.catalog.add("a");
  world.pipeline.set_latest(a, 5, 4'000);
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"],"since":1699999990000})");
  loop->run();
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"series", "gap", "data"}));
  EXPECT_LE(messages[1].at("from").as_int64(), 1'699'999'990'000);
  EXPECT_GE(messages[1].at("to").as_int64(), 1'700'000'000'000);
}

TEST_F(LiveHubLimits, AnnouncesAGapWhereTimesWereCorrected) {
  const auto a = world.catalog.add("a");
  hub->rewritten(core::from_ms(1), core::from_ms(2));  // nobody watches
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"]})");
  loop->run();
  publish({reading(a, 1, 1)});
  loop->advance(1s);
  client.take();
  hub->rewritten(core::from_ms(5'000), core::from_ms(7'000));
  loop->run();
  loop->advance(1s);
  const auto messages = client.take();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(op_of(messages[0]), "gap");
  EXPECT_LE(messages[0].at("from").as_int64(), 5'000);
  EXPECT_GE(messages[0].at("to").as_int64(), 7'000);
}

TEST_F(LiveHubLimits, RefusesWhatIsNoMessageAndKeepsGoing) {
  world.catalog.add("a");
  HubClient client(*hub);
  const std::pair<const char*, const char*> cases[] = {
      {"", "invalid"},
      {"{", "invalid"},
      {"[]", "invalid"},
      {"{}", "invalid"},
      {R"({"op":7})", "invalid"},
      {R"({"op":"dance","id":"a"})", "invalid"},
      {R"({"op":"subscribe"})", "invalid"},
      {R"({"op":"subscribe","id":""})", "invalid"},
      {R"({"op":"subscribe","id":[1],"series":["a"]})", "invalid"},
      {R"({"op":"subscribe","id":"a"})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":[]})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":[1]})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":["a"],"rate":0})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":["a"],"rate":"x"})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":["a"],"since":-1})", "invalid"},
      {R"({"op":"subscribe","id":"a","series":["a@nonsense_1m"]})", "invalid"},
      {R"({"op":"unsubscribe","id":"nobody"})", "not_found"},
      {R"({"op":"subscribe","id":"a","series":[[[[[[[[["a"]]]]]]]]]})", "invalid"},
  };
  for (const auto& [message, code] : cases) {
    client.say(message);
    const auto messages = client.take();
    ASSERT_EQ(messages.size(), 1U) << message;
    EXPECT_EQ(op_of(messages[0]), "error") << message;
    EXPECT_EQ(messages[0].at("code"), code) << message;
  }
  client.say(R"({"op":"subscribe","id":"a","series":["a"]})");
  loop->run();
  EXPECT_EQ(ops_of(client.take()), (std::vector<std::string>{"series"}));
}

TEST_F(LiveHubLimits, BoundsSubscriptionsSelectorsAndMessages) {
  world.catalog.add("a");
  HubClient client(*hub);
  for (int i = 0; i < 64; ++i) {
    client.say(R"({"op":"subscribe","id":")" + std::to_string(i) + R"(","series":["a"]})");
  }
  loop->run();
  for (const auto& message : client.take()) EXPECT_EQ(op_of(message), "series");
  client.say(R"({"op":"subscribe","id":"one more","series":["a"]})");
  EXPECT_EQ(client.take()[0].at("code"), "limit");
  client.say(R"({"op":"subscribe","id":"3","series":["a","b"]})");
  loop->run();
  EXPECT_EQ(ops_of(client.take()), (std::vector<std::string>{"series"})) << "replaces the one of the same id";

  json::array many;
  for (int i = 0; i < 257; ++i) many.emplace_back("s" + std::to_string(i));
  client.say(R"({"op":"subscribe","id":"3","series":)" + json::serialize(many) + "}");
  EXPECT_EQ(client.take()[0].at("code"), "limit");

  for (int i = 0; i < 200; ++i) client.say(R"({"op":"unsubscribe","id":"nobody"})");
  EXPECT_TRUE(client.viewer->saturated());
  EXPECT_EQ(client.take().back().at("message"), "too many messages: this one was not looked at");
  loop->advance(10s);
  client.say(R"({"op":"unsubscribe","id":"nobody"})");
  EXPECT_EQ(client.take()[0].at("code"), "not_found") << "patience comes back";
}

TEST_F(LiveHubLimits, StartsWithoutTheLatestWhenThePipelineDoesNotAnswer) {
  const auto a = world.catalog.add("a");
  world.pipeline.hold_latest = true;
  world.pipeline.set_latest(a, 9, 900);
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"]})");
  loop->run();
  EXPECT_EQ(ops_of(client.take()), (std::vector<std::string>{"series"}));
  second();
  second();
  EXPECT_TRUE(client.take().empty());
  world.pipeline.release_latest();
  loop->run();
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"data"})) << "late, but not lost";
  EXPECT_EQ(rows_of(messages[0]), "[[0,900,9]]");
}

TEST_F(LiveHubLimits, AReadingThatArrivesBeforeTheLatestIsNotRepeated) {
  const auto a = world.catalog.add("a");
  world.pipeline.hold_latest = true;
  world.pipeline.set_latest(a, 2, 20);
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"]})");
  publish({reading(a, 1, 10), reading(a, 2, 20)});
  world.pipeline.release_latest();
  loop->run();
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"series", "data"}));
  EXPECT_EQ(rows_of(messages[1]), "[[0,20,2]]");
  EXPECT_TRUE(client.take().empty());
}

class SmallHub : public LiveHubTest {
 protected:
  static LiveLimits small() {
    LiveLimits limits;
    limits.queue_readings = 10;
    limits.frame_bytes = 200;
    limits.feeds = 2;
    limits.lingering = 1;
    return limits;
  }
  SmallHub() : LiveHubTest(small()) {}
};

TEST_F(SmallHub, CountsAndAnnouncesWhatTheQueueCannotTake) {
  const auto a = world.catalog.add("a");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"]})");
  loop->run();
  client.take();
  for (int i = 0; i < 25; ++i) hub->publish(batch({reading(a, i, 100 + i)}));
  EXPECT_EQ(loop->waiting(), 1U) << "one wake-up, however many batches";
  loop->advance(1s);
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"gap", "data"}));
  EXPECT_EQ(messages[0].at("from"), 110);
  EXPECT_EQ(messages[0].at("to"), 124);
  EXPECT_EQ(messages[1].at("rows").as_array().size(), 10U);
  EXPECT_EQ(hub->stats().dropped, 15U);
}

TEST_F(SmallHub, AFrameThatGrowsTooLargeKeepsTheNewestOfEachSeries) {
  const auto a = world.catalog.add("a");
  const auto b = world.catalog.add("b");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["*"],"rate":0.1})");
  loop->run();
  client.take();
  publish({reading(b, 1, 1)});
  client.take();
  for (int i = 0; i < 100; ++i) publish({reading(i % 2 == 0 ? a : b, i, 1'000 + i)});
  loop->advance(10s);
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"gap", "data"}));
  EXPECT_EQ(messages[0].at("from"), 1'000);
  const auto& rows = messages[1].at("rows").as_array();
  EXPECT_LT(rows.size(), 40U);
  EXPECT_EQ(json::serialize(rows.back()), "[1,1099,99]");
}

TEST_F(SmallHub, RefusesMoreDistinctSubscriptionsThanItCanServe) {
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"1","series":["a"]})");
  client.say(R"({"op":"subscribe","id":"2","series":["b"]})");
  EXPECT_TRUE(client.take().empty());
  client.say(R"({"op":"subscribe","id":"3","series":["c"]})");
  EXPECT_EQ(client.take()[0].at("code"), "limit");
}

TEST_F(LiveHubLimits, ViewersOutliveTheHubsEnd) {
  world.catalog.add("a");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a@mean_1m"]})");
  EXPECT_EQ(world.pipeline.watching(), 1);
  hub->shut_down();
  EXPECT_EQ(world.pipeline.watching(), 0);
  client.say(R"({"op":"unsubscribe","id":"s"})");
  client.take();
  client.viewer.reset();
}

}  // namespace
}  // namespace telltale::net
