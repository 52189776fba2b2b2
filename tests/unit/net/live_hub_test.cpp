#include "daemon/net/live_hub.h"

#include "tests/unit/net/live_hub_fixture.h"

namespace telltale::net {
namespace {

TEST_F(LiveHubTest, AnnouncesSeriesThenPaintsTheLatestThenSendsEveryReading) {
  const auto oil = world.catalog.add("press7.oil", core::SeriesKind::kGauge, "°C");
  const auto speed = world.catalog.add("press7.speed");
  world.catalog.add("other.thing");
  world.pipeline.set_latest(oil, 21.5, 1'000);
  world.pipeline.set_latest(speed, 3, 2'000, core::Quality::kStale);
  HubClient client(*hub);
  client.viewer->greet();
  client.say(R"({"op":"subscribe","id":"a","series":["press7.*"],"rate":20})");
  loop->run();
  auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"hello", "series", "data"}));
  EXPECT_EQ(messages[0].at("version"), "1.2.3");
  EXPECT_EQ(messages[0].at("boot"), "boot-1");
  const auto& series = messages[1].at("series").as_array();
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].at("key"), "press7.oil");
  EXPECT_EQ(series[0].at("unit"), "°C");
  EXPECT_EQ(series[0].at("kind"), "gauge");
  EXPECT_EQ(series[0].at("ref"), 0);
  EXPECT_EQ(messages[2].at("id"), "a");
  EXPECT_EQ(rows_of(messages[2]), R"([[0,1000,2.15E1],[1,2000,3,"stale"]])");

  publish({reading(oil, 22, 3'000), reading(speed, 4, 3'001), reading(oil, 22.25, 3'002)});
  messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"data"}));
  EXPECT_EQ(rows_of(messages[0]), "[[0,3000,22],[1,3001,4],[0,3002,2.225E1]]");
}

TEST_F(LiveHubTest, TakesNothingWhileNobodyWatchesAndMissesNothingAfterwards) {
  const auto a = world.catalog.add("a");
  publish({reading(a, 1, 1)});
  EXPECT_EQ(hub->stats().readings, 0U) << "the net thread was woken for nobody";
  world.pipeline.set_latest(a, 1, 1);
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"],"rate":20})");
  hub->publish(batch({reading(a, 2, 2)}));
  loop->run();
  const auto messages = client.take();
  ASSERT_GE(messages.size(), 2U);
  EXPECT_NE(rows_of(messages.back()).find("[0,2,2]"), std::string::npos) << rows_of(messages.back());
  EXPECT_EQ(hub->stats().readings, 1U);
}

TEST_F(LiveHubTest, SendsAtOnceWhenQuietAndAtMostAtTheAskedRate) {
  const auto a = world.catalog.add("a");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":1,"series":"a","rate":10})");
  loop->run();
  client.take();
  loop->advance(1s);
  publish({reading(a, 1, 1)});
  EXPECT_EQ(client.take().size(), 1U) << "quiet: at once";
  publish({reading(a, 2, 2)});
  publish({reading(a, 3, 3)});
  EXPECT_TRUE(client.take().empty()) << "the next tick is 100 ms later";
  loop->advance(99ms);
  EXPECT_TRUE(client.take().empty());
  loop->advance(1ms);
  const auto messages = client.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(rows_of(messages[0]), "[[0,2,2],[0,3,3]]");
  EXPECT_EQ(messages[0].at("id"), "1");
}

TEST_F(LiveHubTest, ClampsTheRate) {
  world.catalog.add("a");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"x","series":["a"],"rate":1000000})");
  client.say(R"({"op":"subscribe","id":"y","series":["a"],"rate":60})");
  client.say(R"({"op":"subscribe","id":"z","series":["a"],"rate":0.0001})");
  client.say(R"({"op":"subscribe","id":"w","series":["a"],"rate":0.1})");
  EXPECT_EQ(hub->stats().feeds, 2U);
}

TEST_F(LiveHubTest, EncodesOncePerDistinctSubscriptionAndSharesTheBytes) {
  const auto a = world.catalog.add("a");
  std::vector<std::unique_ptr<HubClient>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<HubClient>(*hub));
    // The same set in another order, under other ids.
    clients.back()->say(R"({"op":"subscribe","id":")" + std::to_string(i) +
                        (i % 2 == 0 ? R"(","series":["a","b*"]})" : R"(","series":["b*","a"]})"));
  }
  loop->run();
  for (auto& client : clients) client->take();
  loop->advance(1s);
  const auto before = hub->stats().encodings;
  publish({reading(a, 7, 7)});
  std::set<const std::string*> bodies;
  for (auto& client : clients) {
    client->bodies.clear();
    ASSERT_EQ(client->take().size(), 1U);
    bodies.insert(client->bodies[0].get());
  }
  EXPECT_EQ(hub->stats().encodings - before, 1U);
  EXPECT_EQ(bodies.size(), 1U);
  EXPECT_EQ(hub->stats().feeds, 1U);
}

TEST_F(LiveHubTest, AnnouncesNewSeriesThatAGlobMatchesWithTheirFirstReading) {
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"a","series":["press*"]})");
  loop->run();
  EXPECT_TRUE(client.take().empty());
  const auto late = world.catalog.add("press9.oil");
  const auto other = world.catalog.add("boiler");
  loop->advance(1s);
  publish({reading(other, 1, 1), reading(late, 5, 2)});
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"series", "data"}));
  EXPECT_EQ(messages[0].at("series").as_array()[0].at("key"), "press9.oil");
  EXPECT_EQ(rows_of(messages[1]), "[[0,2,5]]");
}

TEST_F(LiveHubTest, AnnouncesSeriesWithoutReadingsAndChangedUnitsWithinASecond) {
  const auto oil = world.catalog.add("press7.oil", core::SeriesKind::kGauge, "C");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"a","series":["press*","press7.oil@mean_1m"]})");
  loop->run();
  ASSERT_EQ(ops_of(client.take()), (std::vector<std::string>{"series"}));
  world.catalog.add("press8.oil");
  world.catalog.replace(oil, "°C");
  second();
  const auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"series"}));
  const auto& series = messages[0].at("series").as_array();
  ASSERT_EQ(series.size(), 3U);
  std::map<std::string, std::string> units;
  for (const auto& item : series) units[std::string(item.at("key").as_string())] = item.at("unit").as_string();
  EXPECT_EQ(units["press7.oil"], "°C");
  EXPECT_EQ(units["press7.oil@mean_1m"], "°C");
  EXPECT_EQ(units.count("press8.oil"), 1U);
}

TEST_F(LiveHubTest, WatchesWindowStatisticsAndLetsThemGo) {
  const auto oil = world.catalog.add("press7.oil", core::SeriesKind::kGauge, "°C");
  const auto wanted = core::parse_window_stat("mean_1m").value();
  world.pipeline.set_latest(oil, 20, 1'000, core::Quality::kGood, {}, wanted);
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"a","series":["press7.*@mean_1m"]})");
  loop->run();
  auto messages = client.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"series", "data"}));
  EXPECT_EQ(messages[0].at("series").as_array()[0].at("key"), "press7.oil@mean_1m");
  EXPECT_EQ(world.pipeline.watching(), 1);
  loop->advance(1s);
  core::Reading statistic = reading(oil, 20.5, 2'000);
  statistic.series = core::SeriesId{0x8000'0001U};
  publish({reading(oil, 99, 2'000), statistic});
  messages = client.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(rows_of(messages[0]), "[[0,2000,2.05E1]]");
  client.say(R"({"op":"unsubscribe","id":"a"})");
  for (int i = 0; i < 61; ++i) second();
  EXPECT_EQ(world.pipeline.watching(), 0);
  EXPECT_EQ(hub->stats().feeds, 0U);
}

TEST_F(LiveHubTest, SaysWhenAStatisticCannotBeWatched) {
  world.catalog.add("a");
  world.pipeline.refuse_watches = true;
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"a","series":["a@mean_1m"]})");
  const auto messages = client.take();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(op_of(messages[0]), "error");
  EXPECT_EQ(messages[0].at("code"), "limit");
}

TEST_F(LiveHubTest, ShowsStatesByNameEventsByTextAndBadReadingsAsNull) {
  const auto door = world.catalog.add("door", core::SeriesKind::kState, {}, {{0, "open"}, {1, "shut \"tight\""}});
  const auto alarm = world.catalog.add("alarm", core::SeriesKind::kEvent);
  const auto volts = world.catalog.add("volts");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"a","series":["*"]})");
  loop->run();
  client.take();
  auto readings = std::make_shared<core::ReadingBatch>();
  readings->add(reading(door, 1, 1));
  readings->add(reading(door, 7, 2));
  readings->add_text(reading(alarm, 0, 3), "too\nhot");
  readings->add(reading(volts, std::nan(""), 4, core::Quality::kBad));
  loop->advance(1s);
  hub->publish(readings);
  loop->run();
  const auto messages = client.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(rows_of(messages[0]), R"([[0,1,"shut \"tight\""],[0,2,"7"],[1,3,"too\nhot"],[2,4,null,"bad"]])");
}

TEST_F(LiveHubTest, GivesASlowViewerTheNewestStateAndAGapAndBothersNobodyElse) {
  const auto a = world.catalog.add("a");
  const auto b = world.catalog.add("b");
  HubClient slow(*hub);
  HubClient quick(*hub);
  for (HubClient* client : {&slow, &quick}) client->say(R"({"op":"subscribe","id":"s","series":["*"],"rate":20})");
  loop->run();
  slow.take();
  quick.take();
  loop->advance(1s);
  publish({reading(b, -1, 10)});
  slow.take();
  quick.take();
  for (int i = 0; i < 100; ++i) {
    loop->advance(50ms);
    publish({reading(a, i, 1'000 + i)});
    EXPECT_EQ(quick.take().size(), 1U) << i;
  }
  const auto messages = slow.take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"gap", "data"}));
  EXPECT_EQ(messages[0].at("from"), 1'000);
  EXPECT_EQ(messages[0].at("to"), 1'099);
  EXPECT_EQ(rows_of(messages[1]), "[[0,1099,99],[1,10,-1]]");
  loop->advance(50ms);
  publish({reading(a, 500, 5'000)});
  const auto next = slow.take();
  ASSERT_EQ(ops_of(next), (std::vector<std::string>{"data"})) << "from there on as everybody";
  EXPECT_EQ(rows_of(next[0]), "[[0,5000,500]]");
}

TEST_F(LiveHubTest, AShortDelayLosesNothing) {
  const auto a = world.catalog.add("a");
  HubClient client(*hub);
  client.say(R"({"op":"subscribe","id":"s","series":["a"],"rate":20})");
  loop->run();
  client.take();
  std::string all;
  for (int i = 0; i < 30; ++i) {
    loop->advance(50ms);
    publish({reading(a, i, i)});
  }
  int rows = 0;
  for (const auto& message : client.take()) {
    ASSERT_EQ(op_of(message), "data");
    rows += static_cast<int>(message.at("rows").as_array().size());
  }
  EXPECT_EQ(rows, 30);
}

}  // namespace
}  // namespace telltale::net
