#include "daemon/notify/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::notify {
namespace {

using core::AlarmState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

core::AlarmChange change(const std::string& rule, AlarmState state,
                         core::Severity severity = core::Severity::kWarning) {
  core::AlarmChange made;
  made.alarm.spec.name = rule;
  made.alarm.spec.severity = severity;
  made.alarm.state = state;
  made.alarm.value = 81.5;
  made.before = state == AlarmState::kFiring ? AlarmState::kPending : AlarmState::kFiring;
  return made;
}

class Bench {
 public:
  explicit Bench(core::NotifySpec target = {}) : outbox(std::move(target)) {}
  // Every rule that is told of within so long, second by second; `works`: whether the target takes it.
  std::vector<std::string> told(core::Duration length, bool works = true) {
    std::vector<std::string> all;
    for (const auto end = now + length; now < end; now += seconds(1)) {
      const auto message = outbox.next("press-7", now);
      if (!message) continue;
      if (!works) {
        ++failures;
        given_up += outbox.failed(now) ? 1 : 0;
        continue;
      }
      outbox.sent();
      std::string text = message->again ? "again" : "";
      for (const auto& one : message->changes) text += (text.empty() ? "" : " ") + one.alarm.spec.name;
      all.push_back(text);
    }
    return all;
  }
  Outbox outbox;
  core::BootTime now{seconds(1000)};
  int failures = 0;
  int given_up = 0;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Outbox, WhatComesTogetherIsToldTogether) {
  Bench bench;
  bench.outbox.take(change("a", AlarmState::kFiring), bench.now);
  bench.outbox.take(change("b", AlarmState::kFiring), bench.now + seconds(1));
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("a b"));
  EXPECT_FALSE(bench.outbox.due());
  bench.outbox.take(change("a", AlarmState::kCleared), bench.now);
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("a"));
}

TEST(Outbox, TellsOnlyWhatItIsAskedFor) {
  core::NotifySpec target;
  target.id = "ops";
  target.least = core::Severity::kCritical;
  target.resolved = false;
  Bench bench(target);
  bench.outbox.take(change("a", AlarmState::kFiring), bench.now);
  bench.outbox.take(change("b", AlarmState::kCleared, core::Severity::kCritical), bench.now);
  auto other = change("c", AlarmState::kFiring, core::Severity::kCritical);
  other.alarm.spec.notify = {"horn"};
  bench.outbox.take(other, bench.now);
  auto quiet = change("d", AlarmState::kFiring, core::Severity::kCritical);
  quiet.tell = false;
  bench.outbox.take(quiet, bench.now);
  auto nobody = change("e", AlarmState::kFiring, core::Severity::kCritical);
  nobody.alarm.spec.notify_nobody = true;
  bench.outbox.take(nobody, bench.now);
  EXPECT_THAT(bench.told(seconds(10)), IsEmpty());
  other.alarm.spec.notify = {"horn", "ops"};
  bench.outbox.take(other, bench.now);
  EXPECT_THAT(bench.told(seconds(10)), ElementsAre("c"));
}

TEST(Outbox, WhatNobodyHasSeenIsToldAgain) {
  core::NotifySpec target;
  target.repeat = hours(1);
  Bench bench(target);
  bench.outbox.take(change("a", AlarmState::kFiring), bench.now);
  bench.outbox.take(change("b", AlarmState::kFiring), bench.now);
  EXPECT_THAT(bench.told(minutes(130)), ElementsAre("a b", "again a b", "again a b"));
  auto seen = change("a", AlarmState::kAcknowledged);
  seen.tell = false;
  bench.outbox.take(seen, bench.now);
  EXPECT_THAT(bench.told(minutes(60)), ElementsAre("again b"));
  auto silenced = change("b", AlarmState::kFiring);
  silenced.tell = false;
  silenced.alarm.silenced = core::from_ms(1);
  bench.outbox.take(silenced, bench.now);
  EXPECT_THAT(bench.told(hours(3)), IsEmpty());
}

TEST(Outbox, WhatFailsIsTriedAgainWithGrowingPausesUntilItIsGivenUp) {
  core::NotifySpec target;
  target.tries = 4;
  Bench bench(target);
  bench.outbox.take(change("a", AlarmState::kFiring), bench.now);
  EXPECT_THAT(bench.told(seconds(4), false), IsEmpty());
  EXPECT_EQ(bench.failures, 2);
  bench.outbox.take(change("b", AlarmState::kFiring), bench.now);
  EXPECT_THAT(bench.told(seconds(3)), ElementsAre("a", "b")) << "nothing is lost, and the order holds";
  bench.outbox.take(change("c", AlarmState::kFiring), bench.now);
  EXPECT_THAT(bench.told(minutes(10), false), IsEmpty());
  EXPECT_EQ(bench.failures, 6);
  EXPECT_EQ(bench.given_up, 1);
  EXPECT_EQ(bench.outbox.dropped(), 1U);
}

TEST(Outbox, IsBounded) {
  Bench bench;
  for (std::size_t i = 0; i < Outbox::kMostWaiting + 5; ++i) {
    bench.outbox.take(change(std::to_string(i), AlarmState::kFiring), bench.now);
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
