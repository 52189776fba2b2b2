#include "plugins/serial/exchange/poller.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::serial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<PollRule> rules_of(std::vector<milliseconds> intervals) {
  std::vector<PollRule> rules;
  for (const milliseconds every : intervals) rules.push_back({"?", {}, every, milliseconds(100)});
  return rules;
}

TEST(Poller, AsksOneAfterTheOther) {
  const auto rules = rules_of({seconds(1), seconds(1)});
  Poller poller(rules, milliseconds(10), 3);
  EXPECT_TRUE(poller.is_used());
  poller.start(seconds(5));
  EXPECT_EQ(poller.due(seconds(5)), 0U);
  poller.sent(0, seconds(5));
  EXPECT_EQ(poller.due(seconds(5)), std::nullopt);
  EXPECT_EQ(poller.deadline(seconds(5)), seconds(5) + milliseconds(100));
  EXPECT_FALSE(poller.missed(seconds(5) + milliseconds(99)));
  poller.answered(seconds(5) + milliseconds(20));
  EXPECT_EQ(poller.due(seconds(5) + milliseconds(29)), std::nullopt);
  EXPECT_EQ(poller.due(seconds(5) + milliseconds(30)), 1U);
  poller.sent(1, seconds(5) + milliseconds(30));
  poller.answered(seconds(5) + milliseconds(40));
  EXPECT_EQ(poller.deadline(seconds(5) + milliseconds(40)), seconds(6));
  EXPECT_EQ(poller.due(seconds(6)), 0U);
}

TEST(Poller, KeepsItsDeadlinesAfterADelay) {
  const auto rules = rules_of({seconds(1)});
  Poller poller(rules, {}, 3);
  poller.start({});
  poller.sent(0, milliseconds(10));
  poller.answered(milliseconds(3'400));  // late by more than two
  EXPECT_EQ(poller.due(milliseconds(3'400)), 0U);
  poller.sent(0, milliseconds(3'400));
  poller.answered(milliseconds(3'410));
  EXPECT_EQ(poller.deadline(milliseconds(3'410)), seconds(4));
}

TEST(Poller, AsksADeadDeviceRarely) {
  const auto rules = rules_of({milliseconds(50), milliseconds(50)});
  Poller poller(rules, {}, 3);
  Time now{};
  poller.start(now);
  Time lost{};
  int deaths = 0;
  while (now < seconds(60)) {
    if (const auto number = poller.due(now)) {
      poller.sent(*number, now);
      if (*number == 0) {
        now += milliseconds(5);
        poller.answered(now);
      }
      continue;
    }
    now = poller.deadline(now);
    if (const auto miss = poller.missed(now)) {
      EXPECT_EQ(miss->number, 1U);
      deaths += miss->died ? 1 : 0;
      lost += milliseconds(100);
    }
  }
  EXPECT_EQ(deaths, 1);
  EXPECT_LT(lost, milliseconds(60'000) / 40);
}

TEST(Poller, AlwaysGoesOn) {
  EXPECT_TRUE(rc::check([](const std::vector<bool>& answers) {
    const auto rules = rules_of({milliseconds(30), milliseconds(70)});
    Poller poller(rules, milliseconds(1), 2);
    Time now{};
    poller.start(now);
    for (const bool answer : answers) {
      if (const auto number = poller.due(now)) poller.sent(*number, now);
      const Time next = poller.deadline(now);
      RC_ASSERT(next > now || poller.due(next).has_value());
      RC_ASSERT(next - now <= std::chrono::hours(1));
      if (answer) {
        now += milliseconds(1);
        poller.answered(now);
      } else {
        now = next;
        (void)poller.missed(now);
      }
    }
  }));
}

}  // namespace
}  // namespace telltale::serial
