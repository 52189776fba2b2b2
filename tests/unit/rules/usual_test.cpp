// What is usual, and how far from it a value is: of tables of past hours, and behind the real engine.
#include "daemon/rules/usual.h"

#include <cmath>
#include <tuple>

#include <gmock/gmock.h>

#include "daemon/rules/firings.h"
#include "daemon/rules/past_usual.h"
#include "daemon/rules/rehearsal.h"
#include "tests/unit/rules/book_fixture.h"

namespace telltale::rules {
namespace {

using core::AlarmState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::weeks;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(Usual, IsMedianAndSpreadOfTheWeeks) {
  struct Case {
    const char* what;
    std::vector<PastHour> hours;
    int weeks;
    double centre;
    double scale;
  };
  const Case cases[] = {
      {"three weeks", {{10, 0}, {12, 0}, {11, 0}}, 4, 11, 1.4826},
      {"an even number", {{10, 0}, {12, 0}, {14, 0}, {16, 0}}, 4, 13, 1.4826 * 2},
      {"a holiday moves nothing", {{10, 0}, {12, 0}, {11, 0}, {11, 0}, {900, 0}}, 5, 11, 1.4826},
      {"readings differ within the hour", {{10, 3}, {10, 4}, {10, 500}}, 3, 10, 4},
      {"both add up", {{7, 4}, {10, 4}, {13, 4}}, 3, 10, std::hypot(1.4826 * 3, 4)},
      {"what never moves", {{5e6, 0}, {5e6, 0}, {5e6, 0}}, 3, 5e6, 5e3},
      {"below zero", {{-50, 0}, {-50, 0}, {-50, 0}}, 3, -50, 0.05},
      {"all is zero", {{0, 0}, {0, 0}, {0, 0}}, 3, 0, 1e-12},
      {"an hour without a deviation", {{10, kNone}, {12, kNone}, {11, kNone}}, 3, 11, 1.4826},
      {"an hour without readings", {{10, 0}, {kNone, 0}, {12, 0}, {11, 0}}, 4, 11, 1.4826},
      {"exactly half of them", {{10, 0}, {12, 0}, {11, 0}}, 6, 11, 1.4826},
      {"too few weeks", {{10, 0}, {12, 0}}, 3, kNone, kNone},
      {"fewer than half of them", {{10, 0}, {12, 0}, {11, 0}}, 7, kNone, kNone},
      {"infinite ones are none", {{10, 0}, {kInfinite, 0}, {-kInfinite, 0}}, 3, kNone, kNone},
      {"nothing", {}, 8, kNone, kNone},
  };
  for (const Case& one : cases) {
    const Usual usual = usual_of(one.hours, one.weeks);
    EXPECT_EQ(usual.too_short, std::isnan(one.centre)) << one.what;
    if (std::isnan(one.centre)) {
      EXPECT_TRUE(std::isnan(usual.centre) && std::isnan(usual.scale)) << one.what;
    } else {
      EXPECT_DOUBLE_EQ(usual.centre, one.centre) << one.what;
      EXPECT_NEAR(usual.scale, one.scale, 1e-9 * one.scale) << one.what;
    }
  }
}

core::WallTime utc(int year, unsigned month, unsigned day, int hour) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) + hours(hour);
}

TEST(Usual, LooksAtTheHourThatTheClockOnTheWallShowed) {
  // Summer time ended on 26 October 2025.
  const auto berlin = core::TimeZone::load("Europe/Berlin");
  ASSERT_TRUE(berlin);
  const core::WallTime now = utc(2025, 11, 3, 5);  // 06:00 there
  EXPECT_THAT(past_hours(now, 3, *berlin),
              ElementsAre(utc(2025, 10, 27, 5), utc(2025, 10, 20, 4), utc(2025, 10, 13, 4)));
  EXPECT_THAT(past_hours(now, 3, {}), ElementsAre(utc(2025, 10, 27, 5), utc(2025, 10, 20, 5), utc(2025, 10, 13, 5)));
  EXPECT_EQ(hour_of(now + minutes(59) + seconds(59)), now);
  EXPECT_EQ(hour_of(core::WallTime(core::Duration(-1))), core::WallTime(hours(-1))) << "also before 1970";
}

class FixedUsual final : public UsualSource {
 public:
  Usual of(const UsualQuestion& question) override {
    asked.emplace_back(question.series->key_text, question.weeks, question.zone->name, hour_of(question.at));
    return usual;
  }
  Usual usual;
  std::vector<std::tuple<std::string, int, std::string, core::WallTime>> asked;
};

class UsualRules : public BookFixture {
 protected:
  void SetUp() override {
    BookFixture::SetUp();
    book_.set_usual(&usual_);
  }
  AlarmState watch(double value) {
    pass({{"line.power", value}});
    advance(seconds(1));
    return book_.alarms().at(0).state;
  }
  static core::RuleSpec odd() {
    core::RuleSpec rule;
    rule.name = "odd";
    rule.when = core::parse_expression("abs(unusual(line.power, 4)) > 5").expression;
    EXPECT_TRUE(rule.when);
    return rule;
  }
  FixedUsual usual_;
};

TEST_F(UsualRules, FireOnWhatIsFarFromUsual) {
  apply({}, {odd()});
  EXPECT_NE(watch(1e9), AlarmState::kFiring) << "nothing is known yet";
  usual_.usual = {100, 2, false, false};
  EXPECT_EQ(watch(109), AlarmState::kInactive);
  EXPECT_EQ(watch(111), AlarmState::kFiring);
  EXPECT_EQ(book_.alarms()[0].value, 111) << "the reading, and not its score";
  EXPECT_EQ(watch(100), AlarmState::kCleared);
  EXPECT_EQ(watch(89), AlarmState::kFiring);
  usual_.usual = {};
  EXPECT_EQ(watch(100), AlarmState::kFiring) << "what fires is not over because nobody can say so";
  EXPECT_EQ(usual_.asked.front(), std::tuple(std::string("line.power"), 4, std::string(), hour_of(clock_.wall_now())));
}

TEST_F(UsualRules, SayThatTheHistoryIsTooShort) {
  usual_.usual.too_short = true;
  apply({}, {odd()});
  for (int i = 0; i < 302; ++i) watch(1e9);
  EXPECT_EQ(watch(1e9), AlarmState::kNoData) << "and not an alarm";
  EXPECT_THAT(book_.alarms()[0].problem, HasSubstr("too few of the past weeks"));
  usual_.usual = {1e9, 1, false, false};
  EXPECT_EQ(watch(1e9), AlarmState::kInactive);
  EXPECT_EQ(book_.alarms()[0].problem, "");
}

TEST_F(UsualRules, SayNothingWhileTheClockIsNotSet) {
  usual_.usual = {100, 2, false, false};
  clock_.set_synchronised(false);
  apply({}, {odd()});
  EXPECT_NE(watch(1e9), AlarmState::kFiring);
  EXPECT_THAT(usual_.asked, testing::IsEmpty());
  clock_.set_synchronised(true);
  advance(seconds(2));
  EXPECT_EQ(watch(1e9), AlarmState::kFiring);
}

TEST_F(UsualRules, GoByTheZoneOfTheirs) {
  core::RuleSpec rule = odd();
  rule.zone = "Europe/Berlin";
  rule.time_zone = core::TimeZone::load(rule.zone).value();
  apply({}, {rule});
  watch(1);
  EXPECT_EQ(std::get<2>(usual_.asked.at(0)), "Europe/Berlin");
}

TEST_F(UsualRules, HaveAnAlarmForEachSetOfLabels) {
  usual_.usual = {0, 1, false, false};
  apply({derived("oddness", "unusual(hall.power)")});
  pass({{R"(hall.power{line="1"})", 3}, {R"(hall.power{line="2"})", -4}});
  advance(seconds(1));
  EXPECT_THAT(values(R"(oddness{line="1"})"), ElementsAre(3));
  EXPECT_THAT(values(R"(oddness{line="2"})"), ElementsAre(-4));
  EXPECT_EQ(std::get<1>(usual_.asked.at(0)), core::kUsualWeeks);
}

TEST_F(UsualRules, AreComputedOnceItIsLookedUp) {
  usual_.usual.pending = true;
  apply({derived("oddness", "unusual(line.power)")});
  pass({{"line.power", 7}});
  const core::WallTime when = clock_.wall_now();
  advance(seconds(1));
  advance(seconds(1));
  EXPECT_THAT(values("oddness"), testing::IsEmpty());
  usual_.usual = {1, 2, false, false};
  advance(seconds(1));
  ASSERT_THAT(values("oddness"), ElementsAre(3));
  EXPECT_EQ(kept("oddness")[0].time, when) << "it is of then";
  advance(seconds(1));
  EXPECT_EQ(values("oddness").size(), 1U);
}

TEST_F(UsualRules, OfACounterSayWhatToDoInstead) {
  core::SeriesDeclaration declaration;
  declaration.key = core::parse_series_key("line.power").value();
  declaration.kind = core::SeriesKind::kCounter;
  ASSERT_NE(engine_.declare("plc", declaration), nullptr);
  apply({}, {odd()});
  EXPECT_THAT(book_.alarms().at(0).problem, HasSubstr("counter"));
}

TEST(UsualExpression, IsChecked) {
  const auto good = core::parse_expression("abs(unusual(a.b@mean_15m, 12)) > 4 && a.b@mean_15m > 1");
  ASSERT_TRUE(good.expression);
  EXPECT_EQ(good.expression->references.size(), 3U) << "the series itself is looked at once";
  EXPECT_TRUE(core::looks_back(*good.expression));
  EXPECT_FALSE(core::looks_back(*core::parse_expression("a + b").expression));
  const auto twice = core::parse_expression("unusual(a) > 4 || unusual(a) < -4 || unusual(a, 4) > 4");
  ASSERT_TRUE(twice.expression);
  EXPECT_EQ(twice.expression->references.size(), 5U);
  const std::pair<const char*, const char*> bad[] = {
      {"unusual(a + b) > 3", "one series by its name"},
      {"unusual(sum(a.*)) > 3", "one series by its name"},
      {"unusual(3) > 3", "one series by its name"},
      {"unusual(unusual(a)) > 3", "one series by its name"},
      {"unusual(a, 2) > 3", "of 3 to 52"},
      {"unusual(a, 53) > 3", "of 3 to 52"},
      {"unusual(a, 4.5) > 3", "of 3 to 52"},
      {"unusual(a, 8s) > 3", "of 3 to 52"},
      {"unusual(a, b) > 3", "of 3 to 52"},
      {"unusual(a@std_1m) > 3", "mean, p50, first or last"},
      {"unusual() > 3", "is written"},
      {"unusual(a, 4, 5) > 3", "is written"},
      {"unusual(a{) > 3", ""},
  };
  for (const auto& [text, says] : bad) {
    const auto outcome = core::parse_expression(text);
    ASSERT_FALSE(outcome.expression) << text;
    EXPECT_THAT(outcome.mistakes.at(0).message, HasSubstr(says)) << text;
  }
  std::string many = "unusual(a)";
  for (int i = 0; i < 70; ++i) many += " + unusual(a" + std::to_string(i) + ")";
  EXPECT_FALSE(core::parse_expression(many).expression) << "more than 64 references";
}

class PastUsualTest : public testing::Test {
 protected:
  UsualQuestion question(core::WallTime at) const { return {series_, 4, std::make_shared<const Zone>(), at}; }
  core::SeriesPtr series_ = [] {
    auto info = std::make_shared<core::SeriesInfo>();
    info->id = core::SeriesId{1};
    info->key_text = "line.power";
    info->declaration.key = core::parse_series_key("line.power").value();
    return info;
  }();
  int fetched_ = 0;
  // 100 in the first half of each day, 200 in the second; of a series that began at `begin_`.
  core::WallTime begin_ = utc(2025, 1, 1, 0);
  PastUsual usual_{[this](const core::SeriesPtr&, core::WallTime from, core::WallTime to) -> core::Result<PastHours> {
    ++fetched_;
    PastHours found;
    for (core::WallTime hour = std::max(from, begin_); hour < to; hour += hours(1)) {
      const bool early = hour - std::chrono::floor<std::chrono::days>(hour) < hours(12);
      found[hour] = {early ? 100.0 : 200.0, 1};
    }
    return found;
  }};
};

TEST_F(PastUsualTest, ReadsEachWeekOnce) {
  for (core::WallTime at = utc(2025, 3, 3, 0); at < utc(2025, 3, 4, 0); at += minutes(7)) {
    const Usual usual = usual_.of(question(at));
    EXPECT_DOUBLE_EQ(usual.centre, at < utc(2025, 3, 3, 12) ? 100 : 200);
    EXPECT_DOUBLE_EQ(usual.scale, 1);
  }
  EXPECT_EQ(fetched_, 4);
  EXPECT_TRUE(usual_.of(question(begin_ + weeks(2) + minutes(1))).too_short);
  EXPECT_FALSE(usual_.of(question(begin_ + weeks(3) + minutes(1))).too_short);
}

TEST_F(PastUsualTest, IsUnknownOnceItCouldNotBeRead) {
  PastUsual broken([](const core::SeriesPtr&, core::WallTime, core::WallTime) -> core::Result<PastHours> {
    return core::make_error(core::ErrorCode::kIo, "gone");
  });
  const Usual usual = broken.of(question(utc(2025, 3, 3, 0)));
  EXPECT_TRUE(std::isnan(usual.centre));
  EXPECT_FALSE(usual.too_short);
  ASSERT_TRUE(broken.failure());
  EXPECT_EQ(broken.failure()->code, core::ErrorCode::kIo);
}

TEST_F(PastUsualTest, TriesARuleAgainstThePast) {
  core::RuleSpec rule;
  rule.name = "odd";
  rule.when = core::parse_expression("abs(unusual(line.power, 4)) > 5").expression;
  Firings firings(10);
  auto rehearsal = Rehearsal::make(
      rule, {series_}, [&](const core::AlarmChange& change) { firings.add(change); }, &usual_);
  ASSERT_TRUE(rehearsal);
  std::vector<core::Reading> readings;
  const core::WallTime begin = utc(2025, 3, 3, 10);
  for (int minute = 0; minute < 240; ++minute) {
    core::Reading reading;
    reading.series = series_->id;
    reading.time = begin + minutes(minute);
    reading.value = minute < 120 || minute >= 200 ? 100 : 200;  // 100 at noon and later is too little
    if (minute < 120) reading.value = 100;
    readings.push_back(reading);
  }
  (*rehearsal)->feed(readings, false);
  ASSERT_EQ(firings.count(), 1U);
  EXPECT_EQ(firings.list()[0].fired, begin + minutes(200));
}

}  // namespace
}  // namespace telltale::rules
