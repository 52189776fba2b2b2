#include "daemon/pipeline/engine.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::pipeline {
namespace {

using core::Quality;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Source = Engine::Stamp::Source;

class EngineTest : public testing::Test {
 protected:
  SeriesState& series(const std::string& name, core::SeriesKind kind = core::SeriesKind::kGauge) {
    auto declaration = test::gauge(name);
    declaration.kind = kind;
    return *engine_.declare("plc", declaration);
  }
  void give(const std::string& name, double value) {
    engine_.begin_pass();
    engine_.take(series(name), {}, value, Quality::kGood);
    ASSERT_TRUE(engine_.finish_pass().has_value());
  }
  core::LatestRow latest(const char* selector) {
    auto rows = engine_.latest({core::Selector::parse(selector).value()});
    return rows.empty() ? core::LatestRow{} : rows.front();
  }

  test::ManualClock clock_;
  test::RecordingHistory history_;
  test::RecordingLive live_;
  Registry registry_{{}};
  WatchTable watches_;
  Engine engine_{
      {{seconds(10), minutes(1)}}, registry_, watches_, history_, clock_, core::Logger(core::make_null_sink(), "test")};

  void SetUp() override { engine_.set_live(&live_); }
};

TEST_F(EngineTest, GivesEachReadingToJournalAndViewersOnce) {
  give("a", 1);
  give("a", 2);
  give("b", 3);
  ASSERT_EQ(history_.readings.size(), 3U);
  ASSERT_EQ(live_.readings().size(), 3U);
  EXPECT_EQ(history_.readings[1].value, 2.0);
  EXPECT_EQ(history_.declared.size(), 2U);
  EXPECT_EQ(engine_.counters().readings.load(), 3U);
}

TEST_F(EngineTest, RefusesWhatIsNotAValueOfItsKind) {
  engine_.begin_pass();
  SeriesState& state = series("a");
  SeriesState& event = series("door", core::SeriesKind::kEvent);
  EXPECT_FALSE(engine_.take(state, {}, std::numeric_limits<double>::quiet_NaN(), Quality::kGood));
  EXPECT_FALSE(engine_.take(state, {}, std::numeric_limits<double>::infinity(), Quality::kGood));
  EXPECT_FALSE(engine_.take(state, {}, 0, Quality::kGood, "text for a number"));
  EXPECT_FALSE(engine_.take(event, {}, 3, Quality::kGood));
  EXPECT_TRUE(engine_.take(event, {}, 0, Quality::kGood, "opened"));
  EXPECT_EQ(engine_.counters().rejected.load(), 4U);
  ASSERT_TRUE(engine_.finish_pass().has_value());
  ASSERT_EQ(history_.texts.size(), 1U);
  EXPECT_EQ(history_.texts[0], "opened");
}

TEST_F(EngineTest, ABadReadingHasNoValueAndDoesNotReachWindows) {
  give("a", 5);
  engine_.begin_pass();
  EXPECT_TRUE(engine_.take(series("a"), {}, 123, Quality::kBad));
  ASSERT_TRUE(engine_.finish_pass().has_value());
  EXPECT_TRUE(std::isnan(history_.readings.back().value));
  EXPECT_EQ(latest("a").quality, Quality::kBad);
  EXPECT_EQ(latest("a@count_1m").value, 1.0);
}

TEST_F(EngineTest, StampsFromTheBootClockAndRefusesTheFuture) {
  engine_.begin_pass();
  const auto boot = clock_.boot_now().time_since_epoch().count();
  const auto wall = clock_.wall_now();
  engine_.take(series("a"), {Source::kBoot, boot - 5'000'000}, 1, Quality::kGood);
  engine_.take(series("b"), {Source::kBoot, boot + 5'000'000'000}, 1, Quality::kGood);
  engine_.take(series("c"), {Source::kBoot, -1}, 1, Quality::kGood);
  ASSERT_TRUE(engine_.finish_pass().has_value());
  EXPECT_EQ(history_.readings[0].time, wall - std::chrono::milliseconds(5));
  EXPECT_EQ(history_.readings[1].time, wall);
  EXPECT_EQ(history_.readings[2].time, wall);
}

TEST_F(EngineTest, TakesWhatWasPublishedWhileThePassWasHeldUpAsItWasStamped) {
  engine_.begin_pass();
  const core::WallTime wall = clock_.wall_now();
  clock_.advance(std::chrono::milliseconds(40));
  for (int ms = 10; ms <= 40; ms += 10) {
    const auto stamp = clock_.boot_now() - std::chrono::milliseconds(40 - ms);
    engine_.take(series("a"), {Source::kBoot, stamp.time_since_epoch().count()}, ms, Quality::kGood);
  }
  ASSERT_TRUE(engine_.finish_pass().has_value());
  ASSERT_EQ(history_.readings.size(), 4U);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(history_.readings[static_cast<std::size_t>(i)].time, wall + std::chrono::milliseconds(10 * (i + 1)));
  }
}

TEST_F(EngineTest, TimesThatAreGivenHereNeverMakeTwoReadingsOne) {
  const auto future = clock_.boot_now().time_since_epoch().count() + 5'000'000'000;
  engine_.begin_pass();
  for (int i = 0; i < 3; ++i) engine_.take(series("a"), {}, i, Quality::kGood);
  for (int i = 0; i < 3; ++i) engine_.take(series("a"), {Source::kBoot, future}, i, Quality::kGood);
  ASSERT_TRUE(engine_.finish_pass().has_value());
  ASSERT_EQ(history_.readings.size(), 6U);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_GT(history_.readings[i].time, history_.readings[i - 1].time) << i;
  EXPECT_LT(history_.readings[5].time - history_.readings[0].time, std::chrono::microseconds(1));
}

TEST_F(EngineTest, BelievesASourceTimeOnlyWithinItsTolerance) {
  struct Case {
    std::int64_t ns;
    bool believed;
  };
  const std::int64_t now = clock_.wall_now().time_since_epoch().count();
  const std::int64_t minute = 60'000'000'000;
  const std::vector<Case> cases{{now, true},
                                {now - 365L * 24 * 60 * minute, true},
                                {now + 9 * minute, true},
                                {now + 11 * minute, false},
                                {std::numeric_limits<std::int64_t>::max(), false},
                                {std::numeric_limits<std::int64_t>::min(), false}};
  for (const Case& one : cases) {
    engine_.begin_pass();
    engine_.take(series("a"), {Source::kWall, one.ns}, 1, Quality::kGood);
    ASSERT_TRUE(engine_.finish_pass().has_value());
    const core::Reading& reading = history_.readings.back();
    EXPECT_EQ(reading.time.time_since_epoch().count() == one.ns, one.believed) << one.ns;
    EXPECT_EQ(reading.quality == Quality::kGood, one.believed) << one.ns;
  }
}

TEST_F(EngineTest, AnUnsynchronisedClockMakesReadingsUncertain) {
  clock_.set_synchronised(false);
  clock_.advance(seconds(2));
  give("a", 1);
  EXPECT_EQ(history_.readings.back().quality, Quality::kUncertain);
  clock_.set_synchronised(true);
  clock_.advance(seconds(2));
  give("a", 1);
  EXPECT_EQ(history_.readings.back().quality, Quality::kGood);
}

TEST_F(EngineTest, ALateReadingIsKeptAndCountedAndDoesNotBecomeTheLatest) {
  give("a", 1);
  engine_.begin_pass();
  const std::int64_t past = (clock_.wall_now() - hours(1)).time_since_epoch().count();
  engine_.take(series("a"), {Source::kWall, past}, 7, Quality::kGood);
  ASSERT_TRUE(engine_.finish_pass().has_value());
  EXPECT_EQ(history_.readings.size(), 2U);
  EXPECT_EQ(engine_.counters().late.load(), 1U);
  EXPECT_EQ(latest("a").value, 1.0);
}

TEST_F(EngineTest, SilenceMakesAGaugeStaleButNotAState) {
  for (int i = 0; i < 20; ++i) {
    give("a", i);
    engine_.begin_pass();
    engine_.take(series("mode", core::SeriesKind::kState), {}, 1, Quality::kGood);
    ASSERT_TRUE(engine_.finish_pass().has_value());
    clock_.advance(seconds(4));
  }
  EXPECT_EQ(latest("a").quality, Quality::kGood);
  clock_.advance(seconds(30));
  EXPECT_EQ(latest("a").quality, Quality::kStale);
  EXPECT_EQ(latest("mode").quality, Quality::kGood);
}

TEST_F(EngineTest, AFullJournalIsCountedAndLiveGoesOn) {
  history_.full = true;
  engine_.begin_pass();
  engine_.take(series("a"), {}, 1, Quality::kGood);
  EXPECT_TRUE(engine_.finish_pass().has_error());
  EXPECT_EQ(live_.readings().size(), 1U);
  EXPECT_EQ(engine_.counters().journal_lost.load(), 1U);
  history_.full = false;
  give("a", 2);
  EXPECT_EQ(history_.readings.size(), 1U);
}

TEST_F(EngineTest, TextsOfAStateGetNumbersAndNames) {
  for (const char* text : {"running", "stopped", "running"}) {
    engine_.begin_pass();
    EXPECT_TRUE(engine_.take(series("mode", core::SeriesKind::kState), {}, 0, Quality::kGood, text));
    ASSERT_TRUE(engine_.finish_pass().has_value());
  }
  EXPECT_EQ(history_.readings[0].value, history_.readings[2].value);
  EXPECT_NE(history_.readings[0].value, history_.readings[1].value);
}

TEST_F(EngineTest, TellsWatchesAtEachReadingAndWhenTheWindowSlides) {
  give("a", 10);
  const auto id = registry_.match(core::Selector::parse("a").value()).front()->id;
  const auto watch = watches_.add(id, core::parse_window_stat("mean_10s").value()).value();
  engine_.slide_watches();
  EXPECT_TRUE(engine_.has_watches());
  clock_.advance(seconds(1));
  give("a", 20);
  const auto watched = [&] {
    std::vector<double> values;
    for (const core::Reading& reading : live_.readings()) {
      if (reading.series == watch) values.push_back(reading.value);
    }
    return values;
  };
  EXPECT_EQ(watched(), (std::vector<double>{10, 15}));
  clock_.advance(std::chrono::milliseconds(9500));
  engine_.slide_watches();
  EXPECT_EQ(watched().back(), 20.0);
  const std::size_t told = watched().size();
  engine_.slide_watches();
  EXPECT_EQ(watched().size(), told) << "nothing changed: nothing is told";
  watches_.remove(watch);
  engine_.slide_watches();
  EXPECT_FALSE(engine_.has_watches());
  for (const core::Reading& kept : history_.readings) EXPECT_FALSE(kept.series.is_watch());
}

TEST_F(EngineTest, PostedReadingsSayWhichWasRefused) {
  std::vector<core::PostedReading> posted(2);
  posted[0].series = test::gauge("x");
  posted[0].value = 1;
  posted[1].series = test::gauge("y");
  posted[1].value = std::numeric_limits<double>::infinity();
  engine_.begin_pass();
  const core::PostOutcome outcome = engine_.post(posted);
  EXPECT_EQ(outcome.accepted, 1U);
  EXPECT_EQ(outcome.rejected, 1U);
  EXPECT_NE(outcome.first_reason.find('y'), std::string::npos);
}

}  // namespace
}  // namespace telltale::pipeline
