#include "daemon/notify/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::notify {
namespace {

using core::AlarmState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2025-01-01 10:00 UTC, when everything begins to fire.
constexpr core::WallTime kBegin = core::WallTime(seconds(1'735'725'600));

core::AlarmChange change(const std::string& rule, AlarmState state,
                         core::Severity severity = core::Severity::kWarning) {
  core::AlarmChange made;
  made.alarm.spec.name = rule;
  made.alarm.spec.severity = severity;
  made.alarm.state = state;
  made.alarm.value = 81.5;
  made.alarm.since = kBegin;
  made.before = state == AlarmState::kFiring ? AlarmState::kPending : AlarmState::kFiring;
  return made;
}

class Bench {
 public:
  explicit Bench(core::NotifySpec target = {}, ToldAlarms told = {}) : outbox(std::move(target), std::move(told)) {}
  [[nodiscard]] Moment moment(core::Duration later = {}) const {
    return {now + later, kBegin + (now + later - kStart)};
  }
  void take(const core::AlarmChange& change, core::Duration later = {}) { outbox.take(change, moment(later)); }
  // The daemon is gone for so long, and a new one has what was kept.
  void restart(core::Duration length) {
    outbox = Outbox(outbox.target(), read_told(told_text({{"x", outbox.told()}}))["x"]);
    now += length;
  }
  // Every rule that is told of within so long, second by second; `works`: whether the target takes it.
  std::vector<std::string> told(core::Duration length, bool works = true) {
    std::vector<std::string> all;
    for (const auto end = now + length; now < end; now += seconds(1)) {
      const auto message = outbox.next("press-7", moment());
      if (!message) continue;
      if (!works) {
        ++failures;
        given_up += outbox.failed(now) ? 1 : 0;
        continue;
      }
      outbox.sent(moment().wall);
      std::string text = message->escalated ? "up" : message->again ? "again" : "";
      for (const auto& one : message->changes) text += (text.empty() ? "" : " ") + one.alarm.spec.name;
      all.push_back(text);
    }
    return all;
  }
  Outbox outbox;
  static constexpr core::BootTime kStart{seconds(1000)};
  core::BootTime now = kStart;
  int failures = 0;
  int given_up = 0;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Outbox, WhatComesTogetherIsToldTogether) {
  Bench bench;
  bench.take(change("a", AlarmState::kFiring));
  bench.take(change("b", AlarmState::kFiring), seconds(1));
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("a b"));
  EXPECT_FALSE(bench.outbox.due());
  bench.take(change("a", AlarmState::kCleared));
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("a"));
}

TEST(Outbox, TellsOnlyWhatItIsAskedFor) {
  core::NotifySpec target;
  target.id = "ops";
  target.least = core::Severity::kCritical;
  target.resolved = false;
  Bench bench(target);
  bench.take(change("a", AlarmState::kFiring));
  bench.take(change("b", AlarmState::kCleared, core::Severity::kCritical));
  auto other = change("c", AlarmState::kFiring, core::Severity::kCritical);
  other.alarm.spec.notify = {"horn"};
  bench.take(other);
  auto quiet = change("d", AlarmState::kFiring, core::Severity::kCritical);
  quiet.tell = false;
  bench.take(quiet);
  auto nobody = change("e", AlarmState::kFiring, core::Severity::kCritical);
  nobody.alarm.spec.notify_nobody = true;
  bench.take(nobody);
  EXPECT_THAT(bench.told(seconds(10)), IsEmpty());
  other.alarm.spec.notify = {"horn", "ops"};
  bench.take(other);
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("c"));
}

TEST(Outbox, WhatNobodyHasSeenIsToldAgain) {
  core::NotifySpec target;
  target.repeat = hours(1);
  Bench bench(target);
  bench.take(change("a", AlarmState::kFiring));
  bench.take(change("b", AlarmState::kFiring));
  EXPECT_THAT(bench.told(minutes(130)), ElementsAre("a b", "again a b", "again a b"));
  auto seen = change("a", AlarmState::kAcknowledged);
  seen.tell = false;
  bench.take(seen);
  EXPECT_THAT(bench.told(minutes(60)), ElementsAre("again b"));
  auto silenced = change("b", AlarmState::kFiring);
  silenced.tell = false;
  silenced.before = AlarmState::kFiring;
  silenced.alarm.silenced = bench.moment(hours(3)).wall;
  bench.take(silenced);
  EXPECT_THAT(bench.told(hours(3)), IsEmpty());
  EXPECT_THAT(bench.told(hours(1)), ElementsAre("again b")) << "the silence is over";
}

core::NotifySpec called(const char* id, core::Duration repeat = {}) {
  core::NotifySpec target;
  target.id = id;
  target.repeat = repeat;
  return target;
}

// Told to ops, after 15 minutes to the boss, after an hour to the boss again and to the plant.
core::AlarmChange escalating(AlarmState state) {
  auto made = change("a", state);
  made.alarm.spec.notify = {"ops"};
  made.alarm.spec.escalate = {{minutes(15), {"boss"}}, {hours(1), {"boss", "plant"}}};
  return made;
}

core::AlarmChange resumed(core::AlarmChange change) {
  change.resumed = true;
  change.before = change.alarm.state;
  return change;
}

TEST(Outbox, WhatNobodyAcknowledgesIsToldToMore) {
  Bench ops(called("ops"));
  Bench boss(called("boss"));
  Bench plant(called("plant"));
  for (Bench* one : {&ops, &boss, &plant}) one->take(escalating(AlarmState::kFiring));
  EXPECT_THAT(boss.told(minutes(14)), IsEmpty());
  EXPECT_THAT(boss.told(minutes(2)), ElementsAre("up a"));
  EXPECT_THAT(boss.told(hours(5)), ElementsAre("up a"));
  EXPECT_THAT(plant.told(hours(5)), ElementsAre("up a"));
  EXPECT_THAT(ops.told(hours(5)), ElementsAre("a"));
  for (Bench* one : {&ops, &boss, &plant}) {
    one->take(escalating(AlarmState::kCleared));
    EXPECT_THAT(one->told(minutes(1)), ElementsAre("a")) << "who was told hears the end: " << one->outbox.target().id;
    EXPECT_THAT(one->outbox.told(), IsEmpty());
    EXPECT_FALSE(one->outbox.due());
  }
}

TEST(Outbox, WhatIsSeenOrOverIsToldToNobodyElse) {
  auto seen = escalating(AlarmState::kAcknowledged);
  seen.tell = false;
  for (const auto& after : {seen, escalating(AlarmState::kCleared), escalating(AlarmState::kInactive)}) {
    Bench boss(called("boss", minutes(1)));
    boss.take(escalating(AlarmState::kFiring));
    EXPECT_THAT(boss.told(minutes(10)), IsEmpty());
    boss.take(after);
    EXPECT_THAT(boss.told(hours(5)), IsEmpty()) << "not the end either: it was never told";
    EXPECT_FALSE(boss.outbox.due());
  }
}

TEST(Outbox, WhoWasToldByAStepHearsTheEndAlsoWhenItWasSeen) {
  Bench boss(called("boss"));
  boss.take(escalating(AlarmState::kFiring));
  EXPECT_THAT(boss.told(minutes(16)), ElementsAre("up a"));
  auto seen = escalating(AlarmState::kAcknowledged);
  seen.tell = false;
  boss.take(seen);
  boss.restart(hours(1));
  EXPECT_THAT(boss.told(hours(2)), IsEmpty());
  boss.take(escalating(AlarmState::kInactive));
  EXPECT_THAT(boss.told(minutes(1)), ElementsAre("a"));
}

TEST(Outbox, AStepWaitsForTheEndOfASilenceAndOfQuietHours) {
  auto silenced = escalating(AlarmState::kFiring);
  silenced.tell = false;
  silenced.before = AlarmState::kFiring;
  Bench boss(called("boss"));
  boss.take(escalating(AlarmState::kFiring));
  silenced.alarm.silenced = boss.moment(minutes(30)).wall;
  boss.take(silenced);
  EXPECT_THAT(boss.told(minutes(29)), IsEmpty());
  EXPECT_THAT(boss.told(minutes(3)), ElementsAre("up a"));
  auto quiet = escalating(AlarmState::kFiring);
  quiet.alarm.spec.quiet = {{0x7f, 10 * 60 + 10, 10 * 60 + 40}};  // 10:10 to 10:40
  Bench other(called("boss"));
  other.take(quiet);
  EXPECT_THAT(other.told(minutes(39)), IsEmpty());
  EXPECT_THAT(other.told(minutes(3)), ElementsAre("up a"));
}

TEST(Outbox, TheRuleOfNobodyMayStillBeEscalatedAndTheLeastSeverityHolds) {
  auto nobody = escalating(AlarmState::kFiring);
  nobody.alarm.spec.notify.clear();
  nobody.alarm.spec.notify_nobody = true;
  Bench boss(called("boss"));
  boss.take(nobody);
  EXPECT_THAT(boss.told(minutes(20)), ElementsAre("up a"));
  auto target = called("boss");
  target.least = core::Severity::kCritical;
  Bench strict(target);
  strict.take(escalating(AlarmState::kFiring));
  EXPECT_THAT(strict.told(hours(2)), IsEmpty());
}

TEST(Outbox, ARestartNeitherForgetsNorRepeats) {
  Bench ops(called("ops", minutes(30)));
  ops.take(escalating(AlarmState::kFiring));
  EXPECT_THAT(ops.told(minutes(20)), ElementsAre("a"));
  ops.restart(minutes(1));
  ops.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(ops.told(minutes(8)), IsEmpty()) << "it was told when it fired";
  EXPECT_THAT(ops.told(minutes(3)), ElementsAre("again a")) << "thirty minutes after that";
  ops.restart(minutes(50));
  ops.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(ops.told(seconds(2)), ElementsAre("again a")) << "it was due meanwhile";
  ops.restart(minutes(1));
  ops.take(escalating(AlarmState::kCleared));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a"));
}

TEST(Outbox, ARestartNeitherForgetsNorRepeatsAStep) {
  Bench boss(called("boss"));
  boss.take(escalating(AlarmState::kFiring));
  boss.restart(minutes(10));
  boss.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(boss.told(minutes(4)), IsEmpty());
  EXPECT_THAT(boss.told(minutes(2)), ElementsAre("up a")) << "fifteen minutes after it fired";
  boss.restart(minutes(1));
  boss.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(boss.told(minutes(30)), IsEmpty());
  boss.restart(hours(2));
  boss.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(boss.told(minutes(1)), ElementsAre("up a")) << "the second one was due meanwhile, and is told once";
  EXPECT_THAT(boss.told(hours(5)), IsEmpty());
}

TEST(Outbox, WhatARestartKeptFromBeingToldIsTold) {
  Bench ops(called("ops"));
  ops.take(escalating(AlarmState::kFiring));
  ops.restart(minutes(10));  // before the two seconds were over
  ops.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a"));
  ops.take(escalating(AlarmState::kCleared));
  ops.restart(minutes(10));
  ops.take(resumed(escalating(AlarmState::kCleared)));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a")) << "the end too";
  ops.restart(minutes(10));
  ops.take(resumed(escalating(AlarmState::kCleared)));
  EXPECT_THAT(ops.told(minutes(1)), IsEmpty()) << "once";
}

TEST(Outbox, WhatFiredInQuietHoursIsToldToNobodyAfterARestartEither) {
  auto quiet = escalating(AlarmState::kFiring);
  quiet.tell = false;
  for (const char* id : {"ops", "boss"}) {
    Bench one(called(id, minutes(5)));
    one.take(quiet);
    EXPECT_THAT(one.told(hours(2)), IsEmpty());
    one.restart(minutes(1));
    one.take(resumed(escalating(AlarmState::kFiring)));
    EXPECT_THAT(one.told(hours(2)), IsEmpty());
    one.take(escalating(AlarmState::kCleared));
    EXPECT_THAT(one.told(minutes(1)), IsEmpty()) << "nor its end";
    one.take(escalating(AlarmState::kFiring));
    EXPECT_FALSE(one.told(minutes(16)).empty()) << "the next is another one";
  }
}

TEST(Outbox, AReloadTellsNothingTwice) {
  Bench ops(called("ops"));
  ops.take(escalating(AlarmState::kFiring));
  ops.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a")) << "while it was on its way";
  ops.take(resumed(escalating(AlarmState::kFiring)));
  EXPECT_THAT(ops.told(minutes(1)), IsEmpty());
  ops.take(escalating(AlarmState::kCleared));
  ops.take(resumed(escalating(AlarmState::kCleared)));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a"));
  // A step that the new configuration has, and whose time has come.
  auto more = resumed(escalating(AlarmState::kFiring));
  more.alarm.spec.escalate = {{minutes(1), {"ops"}}};
  ops.take(escalating(AlarmState::kFiring));
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("a"));
  ops.take(more);
  EXPECT_THAT(ops.told(minutes(1)), ElementsAre("up a"));
}

TEST(Outbox, AClockThatWasSetMovesNothingFarAway) {
  for (const core::Duration step : {core::Duration(-hours(24 * 365)), core::Duration(hours(24 * 365))}) {
    Bench boss(called("boss"));
    auto change = resumed(escalating(AlarmState::kFiring));
    change.alarm.since = kBegin + step;
    boss.take(change);
    EXPECT_FALSE(boss.told(minutes(61)).empty());
  }
}

TEST(Told, IsReadAsItWasWritten) {
  const ToldBook book{
      {"ops",
       {{R"(oil "hot"{room="a"})", {kBegin, kBegin + minutes(1), minutes(15), false}}, {"b", {kBegin, {}, {}, true}}}},
      {"boss", {{"c", {kBegin, kBegin, {}, false}}}}};
  EXPECT_EQ(read_told(told_text(book)), book);
  EXPECT_EQ(told_text({}), "{}");
}

TEST(Told, LeavesOutWhatMakesNoSense) {
  for (const char* text :
       {"", "null", "[]", "{", R"({"ops":3})", R"({"ops":[1]})", "{\"ops\":{\"a\":[[[[[[1]]]]]]}}"}) {
    EXPECT_THAT(read_told(text), IsEmpty()) << text;
  }
  const auto book = read_told(
      R"({"ops":{"a":[1,2,3],"b":[1,2,3,0],"c":[1,2,-3,0],"d":["1",2,3,0],"e":[1,2,99999999999999,0],"f":null}})");
  ASSERT_EQ(book.size(), 1U);
  ASSERT_EQ(book.at("ops").size(), 1U);
  EXPECT_EQ(book.at("ops").begin()->first, "b");
}

TEST(Outbox, RemembersABoundedNumber) {
  Bench bench;
  for (std::size_t i = 0; i < kMostTold + 10; ++i) {
    bench.take(change(std::to_string(i), AlarmState::kFiring));
    bench.told(seconds(3));
  }
  EXPECT_EQ(bench.outbox.told().size(), kMostTold);
}

TEST(Outbox, WhatFailsIsTriedAgainWithGrowingPausesUntilItIsGivenUp) {
  core::NotifySpec target;
  target.tries = 4;
  Bench bench(target);
  bench.take(change("a", AlarmState::kFiring));
  EXPECT_THAT(bench.told(seconds(4), false), IsEmpty());
  EXPECT_EQ(bench.failures, 2);
  bench.take(change("b", AlarmState::kFiring));
  EXPECT_THAT(bench.told(seconds(3)), ElementsAre("a", "b")) << "nothing is lost, and the order holds";
  bench.take(change("c", AlarmState::kFiring));
  EXPECT_THAT(bench.told(minutes(10), false), IsEmpty());
  EXPECT_EQ(bench.failures, 6);
  EXPECT_EQ(bench.given_up, 1);
  EXPECT_EQ(bench.outbox.dropped(), 1U);
}

TEST(Outbox, IsBounded) {
  Bench bench;
  for (std::size_t i = 0; i < Outbox::kMostWaiting + 5; ++i) {
    bench.take(change(std::to_string(i), AlarmState::kFiring));
  }
  EXPECT_EQ(bench.outbox.dropped(), 5U);
  const auto told = bench.told(seconds(5));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("5 6 7"));
}

TEST(Message, SaysWhatFires) {
  Message message{"press-7", {change("oil hot", AlarmState::kFiring, core::Severity::kCritical)}};
  message.changes[0].alarm.spec.message = "Open \"the\" valve";
  message.changes[0].alarm.labels = {{"room", "a"}};
  EXPECT_EQ(text_of(message), "press-7: oil hot [room=a] fires (critical): 81.5. Open \"the\" valve");
  core::NotifySpec target;
  target.body = R"({"text":"{text}","rule":"{rule}","x":{unknown},"n":{value},"all":{json}})";
  EXPECT_EQ(body_of(message, target).substr(0, 96),
            R"({"text":"press-7: oil hot [room=a] fires (critical): 81.5. Open \"the\" valve","rule":"oil hot",)");
  target.content_type = "text/plain";
  target.body = "{severity}: {message} {labels} {state}";
  EXPECT_EQ(body_of(message, target), "critical: Open \"the\" valve room=a firing");
  message.changes[0].alarm.state = AlarmState::kCleared;
  EXPECT_EQ(text_of(message), "press-7: oil hot [room=a] is over (critical): 81.5");
}

}  // namespace
}  // namespace telltale::notify
