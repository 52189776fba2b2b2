// Rules behind the real engine: what fires, what must not, and what is kept of it.
#include <cmath>

#include <gmock/gmock.h>

#include "tests/unit/rules/book_fixture.h"

namespace telltale::rules {
namespace {

using core::AlarmState;
using core::Quality;
using core::RuleSpec;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RuleSpec when(std::string name, const std::string& text, core::Duration hold = {}) {
  RuleSpec rule;
  rule.name = std::move(name);
  rule.when = core::parse_expression(text).expression;
  EXPECT_TRUE(rule.when) << text;
  rule.hold = hold;
  return rule;
}

RuleSpec of_readings(std::string name, RuleSpec::Kind kind, const std::string& series, core::Duration limit = {}) {
  RuleSpec rule;
  rule.name = std::move(name);
  rule.kind = kind;
  rule.series = core::Selector::parse(series).value();
  rule.limit = limit;
  return rule;
}

class Alarms : public BookFixture {
 protected:
  void rules(const std::vector<RuleSpec>& rules) { apply({}, rules); }
  AlarmState state_of_alarm(const std::string& rule, const core::Labels& labels = {}) const {
    for (const auto& alarm : book_.alarms()) {
      if (alarm.spec.name == rule && alarm.labels == labels) return alarm.state;
    }
    ADD_FAILURE() << "no alarm " << rule;
    return AlarmState::kInactive;
  }
  // A reading a second, for so long.
  void run(const std::string& series, double value, int times) {
    for (int i = 0; i < times; ++i) {
      pass({{series, value}});
      advance(seconds(1));
    }
  }
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const auto& change : changes_) {
      if (change.tell) all.push_back(change.alarm.spec.name + " " + std::string(core::to_text(change.alarm.state)));
    }
    return all;
  }
  std::vector<std::string> events(const std::string& key) const {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < history_.readings.size(); ++i) {
      const auto series = registry_.find(history_.readings[i].series);
      if (series && series->key_text == key) found.push_back(history_.texts[i]);
    }
    return found;
  }
};

TEST_F(Alarms, FireAndClearWithTheirValueKept) {
  state("t");
  auto rule = when("oil hot", "t > 80", seconds(3));
  rule.clear = core::parse_expression("t < 75").expression;
  rules({rule});
  run("t", 70, 3);
  run("t", 85, 3);
  EXPECT_EQ(state_of_alarm("oil hot"), AlarmState::kFiring);
  run("t", 78, 10);
  EXPECT_EQ(state_of_alarm("oil hot"), AlarmState::kFiring);
  run("t", 74, 1);
  EXPECT_EQ(state_of_alarm("oil hot"), AlarmState::kCleared);
  EXPECT_THAT(told(), ElementsAre("oil hot firing", "oil hot cleared"));
  const auto kept = events("alarm{rule=\"oil hot\"}");
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_THAT(kept[0], HasSubstr(R"("state":"pending","was":"inactive","severity":"warning","value":85)"));
  EXPECT_THAT(kept[2], HasSubstr(R"("state":"cleared","was":"firing","severity":"warning","value":74)"));
}

TEST_F(Alarms, EachSetOfLabelsHasItsOwn) {
  for (const char* key : {"t{room=\"a\"}", "t{room=\"b\"}"}) state(key);
  rules({when("hot", "t > 30")});
  pass({{"t{room=\"a\"}", 20}, {"t{room=\"b\"}", 35}});
  EXPECT_EQ(state_of_alarm("hot", {{"room", "a"}}), AlarmState::kInactive);
  EXPECT_EQ(state_of_alarm("hot", {{"room", "b"}}), AlarmState::kFiring);
  EXPECT_EQ(events("alarm{room=\"b\",rule=\"hot\"}").size(), 1U);
}

TEST_F(Alarms, WatchDerivedSeriesToo) {
  state("v");
  apply({derived("p", "v * 10")}, {when("strong", "p > 50")});
  pass({{"v", 6}});
  EXPECT_EQ(state_of_alarm("strong"), AlarmState::kFiring);
}

TEST_F(Alarms, WindowsSlideWithoutReadings) {
  state("t");
  rules({when("changes fast", "t@delta_10s > 5")});
  run("t", 20, 3);
  run("t", 30, 1);
  EXPECT_EQ(state_of_alarm("changes fast"), AlarmState::kFiring);
  run("t", 30, 12);
  EXPECT_EQ(state_of_alarm("changes fast"), AlarmState::kCleared);
}

TEST_F(Alarms, SilenceIsMeasuredByTheUsualTimeBetweenReadings) {
  state("plc.a");
  rules({of_readings("quiet", RuleSpec::Kind::kSilent, "plc.*")});
  const core::Labels labels{{"series", "plc.a"}};
  run("plc.a", 1, 20);
  for (int i = 0; i < 9; ++i) advance(seconds(1));
  EXPECT_EQ(state_of_alarm("quiet", labels), AlarmState::kInactive);
  for (int i = 0; i < 5; ++i) advance(seconds(1));
  EXPECT_EQ(state_of_alarm("quiet", labels), AlarmState::kFiring);
  pass({{"plc.a", 1}});
  EXPECT_EQ(state_of_alarm("quiet", labels), AlarmState::kCleared);
}

TEST_F(Alarms, SilenceOfAGivenLengthCountsFromTheStart) {
  state("s");
  rules({of_readings("quiet", RuleSpec::Kind::kSilent, "s", seconds(30))});
  for (int i = 0; i < 29; ++i) advance(seconds(1));
  EXPECT_EQ(state_of_alarm("quiet"), AlarmState::kInactive);
  for (int i = 0; i < 3; ++i) advance(seconds(1));
  EXPECT_EQ(state_of_alarm("quiet"), AlarmState::kFiring);
}

TEST_F(Alarms, AStuckValueIsSeenWhileReadingsCome) {
  state("s");
  rules({of_readings("stuck", RuleSpec::Kind::kStuck, "s", seconds(20))});
  for (int i = 0; i < 30; ++i) run("s", i, 1);
  EXPECT_EQ(state_of_alarm("stuck"), AlarmState::kInactive);
  run("s", 5, 19);
  EXPECT_EQ(state_of_alarm("stuck"), AlarmState::kInactive);
  run("s", 5, 3);
  EXPECT_EQ(state_of_alarm("stuck"), AlarmState::kFiring);
  run("s", 6, 1);
  EXPECT_EQ(state_of_alarm("stuck"), AlarmState::kCleared);
}

// The seeds of false alarms, each by itself.
TEST_F(Alarms, NoFalseAlarmOfALateReading) {
  state("t");
  rules({when("hot", "t > 80")});
  pass_at({{"t", clock_.wall_now(), 20}});
  pass_at({{"t", clock_.wall_now() - minutes(10), 99}});
  advance(seconds(1));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Alarms, NoFalseAlarmOfASpikeInWhatADeviceHadStored) {
  state("t");
  rules({when("hot", "t > 80")});
  const auto now = clock_.wall_now();
  pass_at({{"t", now - minutes(30), 20}, {"t", now - minutes(20), 99}, {"t", now, 20}});
  EXPECT_THAT(told(), IsEmpty());
  // The same spike among readings of now is one.
  clock_.advance(seconds(10));
  pass_at({{"t", now + seconds(5), 20}, {"t", now + seconds(6), 99}, {"t", now + seconds(7), 20}});
  EXPECT_THAT(told(), ElementsAre("hot firing", "hot cleared"));
}

TEST_F(Alarms, NoFalseAlarmOfARetainedValue) {
  state("t");
  rules({when("hot", "t > 80")});
  pass({{"t", 99}}, Quality::kStale);
  EXPECT_THAT(told(), IsEmpty());
  clock_.advance(seconds(2));
  pass({{"t", 99}});
  EXPECT_THAT(told(), ElementsAre("hot firing"));
}

TEST_F(Alarms, NoFalseAlarmOfAClockStep) {
  state("t");
  rules({when("hot", "t > 80", minutes(10)), of_readings("quiet", RuleSpec::Kind::kSilent, "t", minutes(5)),
         of_readings("stuck", RuleSpec::Kind::kStuck, "t", minutes(5))});
  run("t", 85, 3);
  for (const auto step : {hours(24 * 365), -hours(24 * 365 * 3), hours(1)}) {
    clock_.step_wall(step);
    run("t", 85, 3);
  }
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kPending);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Alarms, NoFalseAlarmOfAnInputThatRestarts) {
  state("t");
  rules({when("hot", "t > 80", seconds(30)), of_readings("quiet", RuleSpec::Kind::kSilent, "t")});
  run("t", 20, 10);
  run("t", 85, 2);
  for (int i = 0; i < 9; ++i) advance(seconds(1));  // nothing comes
  pass({{"t", 0}}, Quality::kBad);
  run("t", 20, 5);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Alarms, NoFalseAlarmOfACounterThatBeganAnew) {
  auto declaration = test::gauge("count");
  declaration.kind = core::SeriesKind::kCounter;
  engine_.begin_pass();
  auto& counter = *engine_.declare("plc", declaration);
  rules({when("runs backwards", "count@increase_10s < 0"), when("too fast", "count@rate_10s > 50")});
  for (const double value : {1000.0, 1010.0, 1020.0, 5.0, 15.0, 25.0}) {
    engine_.begin_pass();
    engine_.take(counter, {}, value, Quality::kGood);
    ASSERT_TRUE(engine_.finish_pass().has_value());
    advance(seconds(1));
  }
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Alarms, NoFalseAlarmOfARestartAndNothingIsForgotten) {
  state("t");
  const auto since = clock_.wall_now() - hours(3);
  core::AlarmStatus firing;
  firing.state = AlarmState::kAcknowledged;
  firing.since = since;
  firing.value = 91;
  firing.by = "anna";
  firing.comment = "on my way";
  Alarm::Kept kept;
  kept["alarm{rule=\"hot\"}"] = read_event(event_text(firing, AlarmState::kFiring)).value();
  book_.restore({}, kept);
  engine_.set_windows_ready(false);
  rules({when("hot", "t > 80"), when("mean hot", "t@mean_1m > 80")});
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kAcknowledged);
  EXPECT_EQ(book_.alarms().at(0).by, "anna");
  EXPECT_EQ(core::to_ms(book_.alarms().at(0).since), core::to_ms(since));
  pass({{"t", 90}});
  advance(seconds(1));
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kAcknowledged);
  EXPECT_EQ(state_of_alarm("mean hot"), AlarmState::kInactive) << "its window is not made again yet";
  EXPECT_THAT(changes_, IsEmpty());
  engine_.set_windows_ready(true);
  advance(seconds(1));
  EXPECT_EQ(state_of_alarm("mean hot"), AlarmState::kFiring);
  clock_.advance(seconds(1));
  pass({{"t", 20}});
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kInactive);
}

TEST_F(Alarms, WhoIsToldHearsOfWhatFiredBeforeTheStart) {
  state("t");
  const core::WallTime since = clock_.wall_now() - hours(3);  // a Tuesday, 19:13 UTC
  Alarm::Kept kept;
  core::AlarmStatus alarm;
  alarm.since = since;
  for (const auto& [name, is] : {std::pair("a", AlarmState::kFiring), std::pair("b", AlarmState::kCleared),
                                 std::pair("c", AlarmState::kAcknowledged), std::pair("d", AlarmState::kInactive),
                                 std::pair("e", AlarmState::kFiring), std::pair("f", AlarmState::kFiring)}) {
    alarm.state = is;
    alarm.silenced = name[0] == 'f' ? std::optional(clock_.wall_now() + hours(1)) : std::nullopt;
    kept[alarm_key(name, {}).text()] = read_event(event_text(alarm, AlarmState::kFiring)).value();
  }
  book_.restore({}, kept);
  std::vector<RuleSpec> specs;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) specs.push_back(when(name, "t > 80"));
  specs[4].quiet = {{0x7f, 19 * 60, 20 * 60}};  // when it fired, not now
  rules(specs);
  std::vector<std::string> heard;
  for (const auto& change : changes_) {
    EXPECT_TRUE(change.resumed);
    EXPECT_EQ(core::to_ms(change.alarm.since), core::to_ms(since));
    heard.push_back(change.alarm.spec.name + (change.tell ? "" : " quietly"));
  }
  EXPECT_THAT(heard, ElementsAre("a", "b", "e quietly", "f quietly"));
}

TEST_F(Alarms, AReloadGoesOn) {
  state("t");
  rules({when("hot", "t > 80"), when("other", "t > 90")});
  pass({{"t", 85}});
  rules({when("new", "t > 100"), when("hot", "t > 80")});
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kFiring);
  ASSERT_EQ(changes_.size(), 2U);
  EXPECT_TRUE(changes_[1].resumed) << "who is told goes on by the new configuration";
  EXPECT_EQ(kept("alarm{rule=\"hot\"}").size(), 1U) << "nothing happened";
  rules({});
  EXPECT_THAT(book_.alarms(), IsEmpty());
}

TEST_F(Alarms, AreAcknowledgedAndSilenced) {
  for (const char* key : {"t{room=\"a\"}", "t{room=\"b\"}"}) state(key);
  rules({when("hot", "t > 30")});
  pass({{"t{room=\"a\"}", 35}, {"t{room=\"b\"}", 35}});
  engine_.run_pass([&](core::PassPort& port) {
    EXPECT_EQ(book_.find("hot")->acknowledge({{"room", "a"}}, "anna", "seen", port), 1U);
    EXPECT_EQ(book_.find("hot")->silence({}, port.wall_now() + hours(1), "anna", "", port), 2U);
  });
  EXPECT_EQ(state_of_alarm("hot", {{"room", "a"}}), AlarmState::kAcknowledged);
  EXPECT_EQ(state_of_alarm("hot", {{"room", "b"}}), AlarmState::kFiring);
  EXPECT_THAT(events("alarm{room=\"a\",rule=\"hot\"}").at(1), HasSubstr(R"("by":"anna","comment":"seen")"));
  const auto before = told().size();
  clock_.advance(seconds(1));
  pass({{"t{room=\"b\"}", 20}});
  EXPECT_EQ(told().size(), before) << "silenced";
  advance(hours(1));
  pass({{"t{room=\"b\"}", 40}});
  EXPECT_EQ(told().size(), before + 1);
}

TEST_F(Alarms, AParentSuppressesWhatAgreesWithItsLabels) {
  for (const char* key : {"up{line=\"1\"}", "up{line=\"2\"}", "t{line=\"1\"}", "t{line=\"2\"}"}) state(key);
  auto child = when("hot", "t > 30");
  child.parent = "down";
  rules({when("down", "up == 0"), child});
  pass({{"up{line=\"1\"}", 0}, {"up{line=\"2\"}", 1}, {"t{line=\"1\"}", 50}, {"t{line=\"2\"}", 50}});
  EXPECT_EQ(state_of_alarm("hot", {{"line", "1"}}), AlarmState::kSuppressed);
  EXPECT_EQ(state_of_alarm("hot", {{"line", "2"}}), AlarmState::kFiring);
}

TEST_F(Alarms, InQuietHoursNobodyIsTold) {
  state("t");
  auto rule = when("hot", "t > 30");
  rule.quiet = {{}};  // always
  rules({rule});
  pass({{"t", 50}});
  EXPECT_EQ(state_of_alarm("hot"), AlarmState::kFiring);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(changes_.size(), 1U);
}

TEST(AlarmEvent, ReadsBackWhatItWrote) {
  core::AlarmStatus alarm;
  alarm.state = AlarmState::kAcknowledged;
  alarm.since = core::from_ms(1'700'000'000'000);
  alarm.value = -1.5;
  alarm.by = "anna \"the\" first\n";
  alarm.comment = "größer";
  alarm.silenced = core::from_ms(1'700'000'100'000);
  const auto kept = read_event(event_text(alarm, AlarmState::kFiring));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->state, alarm.state);
  EXPECT_EQ(kept->since, alarm.since);
  EXPECT_EQ(kept->value, -1.5);
  EXPECT_EQ(kept->by, alarm.by);
  EXPECT_EQ(kept->silenced, alarm.silenced);
  for (const char* text :
       {"", "{}", "null", "[1]", "{\"state\":\"on fire\"}", "{\"state\":5}", "{\"state\":\"firing\""}) {
    EXPECT_FALSE(read_event(text)) << text;
  }
  EXPECT_TRUE(read_event(R"({"state":"firing","since":-5,"value":"x","silenced":99999999999999999})"));
}

}  // namespace
}  // namespace telltale::rules
