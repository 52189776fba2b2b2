// What a sink sends, in which order, and what it does with refusals, corrected times and losses.
#include "daemon/sinks/sender.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/unit/sinks/rig.h"

namespace telltale::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

core::Result<void> away(const core::OutgoingBatch& /*batch*/) {
  return core::make_error(core::ErrorCode::kIo, "not reached");
}

std::size_t readings_of(const Rig& rig, const std::string& name) {
  std::size_t count = 0;
  for (const auto& [key, values] : rig.taken) count += key.first == name ? 1 : 0;
  return count;
}

TEST(Sender, WhatIsFreshGoesBeforeWhatIsOld) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const auto takes = rig.other;
  rig.other = away;
  for (int i = 0; i < 600; ++i) {
    rig.measure(oil, i);
    rig.run(seconds(1), milliseconds(500));
  }
  EXPECT_TRUE(rig.taken.empty());
  EXPECT_GT(rig.sender().status().backlog, minutes(9));
  rig.other = takes;
  rig.measure(oil, 600);
  rig.run(seconds(2));
  ASSERT_FALSE(rig.order.empty());
  EXPECT_EQ(rig.order.front().second, 600);
  rig.run(seconds(10));
  EXPECT_EQ(rig.taken.size(), 601U);
  for (const auto& [key, values] : rig.taken) EXPECT_LE(values.size(), 2U) << key.second;
  EXPECT_EQ(rig.sender().status().backlog, core::Duration{});
}

TEST(Sender, AKillLosesNothingOfAnOutage) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const auto takes = rig.other;
  rig.other = away;
  for (int i = 0; i < 100; ++i) {
    rig.measure(oil, i);
    rig.run(seconds(1));
    if (i % 30 == 29) rig.start();
  }
  rig.start();
  rig.other = takes;
  rig.run(seconds(10));
  EXPECT_EQ(rig.taken.size(), 100U);
}

core::SinkConfig resending(core::Duration resend) {
  core::SinkConfig config;
  config.resend = resend;
  return config;
}

// A reading a second, each acknowledged.
void send_a_minute(Rig& rig, core::SeriesId series) {
  rig.clean_start();
  for (int i = 0; i < 60; ++i) {
    rig.measure(series, i);
    rig.run(seconds(1));
  }
}

// The other side acknowledges, and has forgotten the last five seconds when it is back. `restart`: ours, meanwhile.
void forget_and_return(core::Duration resend, bool restart, std::size_t expected) {
  Rig rig(resending(resend));
  const auto oil = rig.catalog.add("oil");
  send_a_minute(rig, oil);
  const std::int64_t lost_from = rig.now() - 5 * kSecond;
  std::erase_if(rig.taken, [&](const auto& one) { return one.first.second >= lost_from; });
  const auto takes = rig.other;
  rig.other = away;
  if (restart) rig.start();
  rig.measure(oil, 60);
  rig.run(seconds(2));
  rig.other = takes;
  rig.run(seconds(5));
  EXPECT_EQ(rig.taken.size(), expected);
  EXPECT_EQ(rig.sender().status().backlog, core::Duration{});
}

TEST(Sender, WhatAServerForgotWhenItWasKilledIsSentAgain) {
  forget_and_return(seconds(10), false, 61);
  forget_and_return(seconds(10), true, 61);
}

TEST(Sender, WithoutResendNothingThatWasAcknowledgedIsSentAgain) { forget_and_return(seconds(0), false, 56); }

TEST(Sender, OnlyWhatWasAcknowledgedLatelyIsSentAgain) {
  Rig rig(resending(seconds(10)));
  const auto oil = rig.catalog.add("oil");
  send_a_minute(rig, oil);
  const auto takes = rig.other;
  rig.other = away;
  rig.measure(oil, 60);
  rig.run(seconds(1));
  rig.other = takes;
  rig.run(seconds(5));
  std::size_t twice = 0;
  for (const auto& [key, values] : rig.taken) {
    EXPECT_LE(values.size(), 2U);
    twice += values.size() == 2 ? 1 : 0;
  }
  EXPECT_GE(twice, 9U);
  EXPECT_LE(twice, 13U);
}

// One series of ten is not taken; its neighbours are, whatever the batch was.
TEST(Sender, OnlyWhatIsRefusedIsGivenUp) {
  Rig rig;
  std::vector<core::SeriesId> ids;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) ids.push_back(rig.catalog.add(name));
  rig.clean_start();
  rig.other = [](const core::OutgoingBatch& batch) -> core::Result<void> {
    for (const core::OutgoingReading& reading : batch.readings) {
      if (batch.series[reading.series]->key_text != "d") continue;
      return core::make_error(core::ErrorCode::kInvalid, "400: field type conflict");
    }
    return {};
  };
  rig.requests = 0;
  for (int round = 0; round < 20; ++round) {
    for (const core::SeriesId id : ids) rig.measure(id, round);
    rig.run(milliseconds(500));
  }
  EXPECT_EQ(rig.taken.size(), 180U);
  const core::SinkStatus status = rig.sender().status();
  EXPECT_EQ(status.parked, 20U);
  ASSERT_EQ(status.last_parked.size(), 1U);
  EXPECT_EQ(status.last_parked[0].series, "d");
  EXPECT_EQ(status.last_parked[0].readings, 20U);
  EXPECT_EQ(status.last_parked[0].reason, "400: field type conflict");
  // Once it is known, it costs two requests more than the one.
  EXPECT_LT(rig.requests, 20 * 3 + 10);
}

TEST(Sender, AServerThatRefusesEverythingIsNotAskedForEachReading) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const auto takes = rig.other;
  rig.other = [](const core::OutgoingBatch&) { return core::make_error(core::ErrorCode::kInvalid, "never"); };
  rig.requests = 0;
  for (int i = 0; i < 1'500; ++i) rig.measure_at(oil, rig.now() + i, i);
  rig.run(seconds(20));
  EXPECT_EQ(rig.sender().status().parked, 1'500U);
  EXPECT_LT(rig.requests, 200);
  EXPECT_LE(rig.sender().status().last_parked.size(), 16U);
  rig.other = takes;
  rig.measure(oil, 7);
  rig.run(seconds(2));
  EXPECT_EQ(rig.taken.size(), 1U);
}

TEST(Sender, WhatWasRefusedInPartSurvivesAnOutage) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  int asked = 0;
  rig.other = [&asked](const core::OutgoingBatch& batch) -> core::Result<void> {
    ++asked;
    if (asked == 2) return core::make_error(core::ErrorCode::kIo, "gone");
    for (const core::OutgoingReading& reading : batch.readings) {
      if (reading.value == 5) return core::make_error(core::ErrorCode::kInvalid, "no fives");
    }
    return {};
  };
  for (int i = 0; i < 10; ++i) rig.measure_at(oil, rig.now() + i, i);
  rig.run(seconds(10));
  EXPECT_EQ(rig.taken.size(), 9U);
  EXPECT_EQ(rig.sender().status().parked, 1U);
}

// Nothing that has a time of an unknown clock goes out; corrected, all of it does, once, wherever it was.
TEST(Sender, TimesOfAnUnknownClockWaitUntilTheHistoryHasCorrectedThem) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.context().time_known = false;
  rig.clean_start();
  const std::int64_t began = rig.now();
  for (int i = 0; i < 10; ++i) {
    rig.measure(oil, i, core::Quality::kUncertain);
    rig.run(seconds(1));
    if (i == 4) rig.start();  // killed in between
  }
  EXPECT_TRUE(rig.taken.empty());
  EXPECT_GT(rig.sender().status().held, 0U);
  // The clock is set: the history has the order, and does not do it yet.
  constexpr std::int64_t kShift = 3'000 * kSecond;
  const std::int64_t until = rig.now();
  rig.history.is_corrected = false;
  rig.clock.step_wall(core::Duration(kShift));
  rig.sender().moved({began, until + 1}, core::Duration(kShift));
  rig.context().time_known = true;
  rig.run(seconds(60));
  EXPECT_TRUE(rig.taken.empty()) << "they have their old times in the history";
  for (Kept& kept : rig.history.all) {
    kept.time += kShift;
    kept.uncertain = false;
  }
  rig.history.is_corrected = true;
  rig.run(seconds(3));
  EXPECT_EQ(rig.taken.size(), 10U);
  for (const auto& [key, values] : rig.taken) {
    EXPECT_GE(key.second, began + kShift);
    EXPECT_EQ(values.size(), 1U);
  }
}

TEST(Sender, AKillWhileTheHistoryCorrectsLosesNothing) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  rig.other = away;
  const std::int64_t began = rig.now();
  for (int i = 0; i < 10; ++i) {
    rig.measure(oil, i);
    rig.run(seconds(1));
  }
  rig.history.is_corrected = false;
  rig.sender().moved({began, rig.now()}, -minutes(10));
  rig.run(seconds(1));
  rig.start();
  for (Kept& kept : rig.history.all) kept.time -= 600 * kSecond;
  rig.history.is_corrected = true;
  rig.other = [](const core::OutgoingBatch&) -> core::Result<void> { return {}; };
  rig.run(seconds(5));
  EXPECT_EQ(rig.taken.size(), 10U);
}

TEST(Sender, ReadingsThatWaitInMemoryAreNotSentWithTheirOldTimes) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  rig.measure(oil, 1);
  rig.history.all[0].time -= 600 * kSecond;
  rig.sender().moved({rig.now(), rig.now() + 1}, -minutes(10));
  rig.run(seconds(2));
  ASSERT_EQ(rig.taken.size(), 1U);
  EXPECT_EQ(rig.taken.begin()->first.second, rig.history.all[0].time);
}

// A stretch that was being caught up when something came to it late is read once more.
TEST(Sender, WhatComesIntoAStretchThatIsBeingReadIsNotSkipped) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const std::int64_t began = rig.now();
  for (int i = 0; i < 10; ++i) rig.history.all.push_back({oil, began + i, 1.0 * i, false});
  bool put = false;
  rig.other = [&](const core::OutgoingBatch&) -> core::Result<void> {
    if (!std::exchange(put, true)) {
      rig.history.all.push_back({oil, began + 5 * kSecond / 10, 99, false});
      rig.sender().owe({began + 5 * kSecond / 10, began + 5 * kSecond / 10 + 1});
    }
    return {};
  };
  rig.sender().owe({began, began + kSecond});
  rig.run(seconds(2));
  EXPECT_EQ(rig.taken.size(), 11U);
}

TEST(Sender, WhatTheHistoryNoLongerHasIsCountedAndTold) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  const auto water = rig.catalog.add("water");
  rig.catalog.add("quiet");
  rig.clean_start();
  const auto takes = rig.other;
  rig.other = away;
  const std::int64_t began = rig.now();
  for (int i = 0; i < 100; ++i) {
    rig.measure(oil, i);
    if (i % 10 == 0) rig.measure(water, i);
    rig.run(seconds(1), milliseconds(500));
  }
  rig.history.gone = began + 30 * kSecond;
  rig.start();  // nothing was read of it yet
  rig.other = takes;
  rig.run(seconds(20));
  const core::SinkStatus status = rig.sender().status();
  const auto readings =
      static_cast<std::uint64_t>(std::count_if(rig.history.all.begin(), rig.history.all.end(),
                                               [&](const Kept& kept) { return kept.time <= *rig.history.gone; }));
  EXPECT_GE(readings, 30U);
  EXPECT_EQ(status.lost_readings, readings);
  EXPECT_EQ(status.lost_series, 2U);
  EXPECT_EQ(rig.taken.size(), 110U - readings);
  for (const auto& [key, values] : rig.taken) EXPECT_GT(key.second, *rig.history.gone) << key.first;
  ASSERT_TRUE(status.lost_from && status.lost_to);
  EXPECT_LE(status.lost_from->time_since_epoch().count(), began);
  EXPECT_EQ(status.lost_to->time_since_epoch().count(), *rig.history.gone + 1);
}

TEST(Sender, NamesLabelsAndChoiceAreAsConfigured) {
  core::SinkConfig config;
  config.series = {"press.*"};
  config.exclude = {"press.debug.*"};
  config.rename = {{"press.oil", "oil_pressure"}, {"press.*", "plant.*"}};
  config.labels = {{"site", "hall"}, {"room", "east"}};
  Rig rig(config);
  for (const char* name : {"press.oil", "press.water{room=\"west\"}", "press.debug.x", "other", "press.twin.a"}) {
    rig.catalog.add(name);
  }
  rig.clean_start();
  for (std::uint32_t id = 1; id <= 5; ++id) rig.measure(core::SeriesId{id}, id);
  rig.run(seconds(1));
  EXPECT_EQ(rig.taken.size(), 3U);
  EXPECT_EQ(readings_of(rig, R"(oil_pressure{room="east",site="hall"})"), 1U);
  EXPECT_EQ(readings_of(rig, R"(plant.water{room="west",site="hall"})"), 1U);
  EXPECT_EQ(readings_of(rig, R"(plant.twin.a{room="east",site="hall"})"), 1U);
}

TEST(Sender, TwoSeriesNeverBecomeOne) {
  core::SinkConfig config;
  config.rename = {{"b", "a"}};
  Rig rig(config);
  const auto a = rig.catalog.add("a");
  const auto b = rig.catalog.add("b");
  rig.clean_start();
  rig.measure(a, 1);
  rig.measure(b, 2);
  rig.run(seconds(1));
  ASSERT_EQ(rig.order.size(), 1U);
  EXPECT_EQ(rig.order[0], (std::pair<std::string, double>("a", 1)));
}

core::SinkConfig every_minute() {
  core::SinkConfig config;
  config.every = minutes(1);
  config.stats = {core::Stat::kMean, core::Stat::kMax};
  return config;
}

TEST(Sender, StatisticsGoOncePerStretch) {
  Rig rig(every_minute());
  const auto oil = rig.catalog.add("oil");
  const auto on = rig.catalog.add("on", core::SeriesKind::kState);
  rig.clean_start();
  for (int i = 0; i < 300; ++i) {
    rig.measure(oil, i % 10);
    rig.measure(on, i % 2);
    rig.run(seconds(1), milliseconds(500));
  }
  rig.run(minutes(2), seconds(1));
  // Five minutes touch six.
  EXPECT_EQ(readings_of(rig, R"(oil{stat="max"})"), 6U);
  EXPECT_EQ(readings_of(rig, R"(oil{stat="mean"})"), 6U);
  EXPECT_EQ(readings_of(rig, "on"), 6U);
  for (const auto& [key, values] : rig.taken) {
    EXPECT_EQ(values.size(), 1U) << key.first;
    EXPECT_EQ(key.second % (60 * kSecond), 0);
  }
  EXPECT_EQ(rig.sender().status().backlog, core::Duration{});
}

TEST(Sender, OfStatisticsTheNewestStretchGoesFirst) {
  Rig rig(every_minute());
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const auto takes = rig.other;
  rig.other = away;
  for (int i = 0; i < 600; ++i) {
    rig.measure(oil, std::floor(i / 60.0));
    rig.run(seconds(1), milliseconds(500));
    if (i == 300) rig.start();
  }
  rig.other = takes;
  rig.run(seconds(2));
  ASSERT_FALSE(rig.taken.empty());
  EXPECT_GE(rig.order.front().second, 8);
  rig.run(minutes(2), seconds(1));
  EXPECT_EQ(readings_of(rig, R"(oil{stat="mean"})"), 11U);
}

TEST(Sender, AStretchThatSomethingCameToLateIsSentAgain) {
  Rig rig(every_minute());
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  const std::int64_t began = rig.now() / (60 * kSecond) * (60 * kSecond);
  rig.measure(oil, 1);
  rig.run(minutes(2), seconds(1));
  for (int i = 0; i < 10; ++i) rig.measure_at(oil, began + 59 * kSecond + i, 9);
  rig.run(minutes(2), seconds(1));
  const auto& values = rig.taken.at({R"(oil{stat="max"})", began});
  EXPECT_EQ(values, (std::vector<double>{1, 9}));
}

TEST(Sender, AnAnswerToWhatWasSentBeforeAReloadIsNone) {
  Rig rig;
  const auto oil = rig.catalog.add("oil");
  rig.clean_start();
  rig.measure(oil, 1);
  std::optional<std::uint64_t> before;
  rig.context().send = [&before](const std::string&, std::uint64_t number, core::OutgoingBatchPtr) { before = number; };
  rig.clock.advance(seconds(1));
  (void)rig.sender().step(rig.clock.boot_now());
  ASSERT_TRUE(before);
  rig.sender().finish();
  std::vector<std::uint64_t> numbers;
  rig.context().send = [&numbers](const std::string&, std::uint64_t number, core::OutgoingBatchPtr) {
    numbers.push_back(number);
  };
  rig.start();
  rig.clock.advance(seconds(1));
  for (int i = 0; i < 10; ++i) (void)rig.sender().step(rig.clock.boot_now());
  ASSERT_EQ(numbers.size(), 1U) << "it is owed, and goes again";
  rig.sender().answered(*before, {});
  EXPECT_EQ(rig.sender().status().sent, 0U);
  rig.sender().answered(numbers[0], {});
  EXPECT_EQ(rig.sender().status().sent, 1U);
}

}  // namespace
}  // namespace telltale::test
