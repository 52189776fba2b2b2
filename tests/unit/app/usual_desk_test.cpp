// What is usual, of a real store with weeks of readings in it, on a clock that the test sets.
#include "daemon/app/usual_desk.h"

#include <cmath>
#include <thread>

#include <gtest/gtest.h>

#include "daemon/app/usual_hours.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::weeks;

// A Monday, 10:00 UTC.
constexpr std::int64_t kNow = 1'767'607'200'000;

class UsualDeskTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = test::open_store(test::options_in(directory_), clock_);
    ASSERT_TRUE(store_);
    store_->declare(*series_);
  }
  // Readings each minute of that hour, so many weeks ago.
  void fill(int week, core::Duration hour, double mean, double swing) {
    core::ReadingBatch batch;
    const core::WallTime begin = clock_.wall_now() - week * weeks(1) + hour;
    for (int i = 0; i < 60; ++i) {
      core::Reading reading;
      reading.series = series_->id;
      reading.time = begin + i * minutes(1);
      reading.value = mean + (i % 2 == 0 ? swing : -swing);
      batch.add(reading);
    }
    ASSERT_TRUE(store_->append(batch).has_value());
  }
  rules::UsualQuestion question(core::WallTime at, int over = 4) const {
    return {series_, over, std::make_shared<const rules::Zone>(), at};
  }
  // Until the desk has looked it up.
  static rules::Usual known(UsualDesk& desk, const rules::UsualQuestion& question) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    rules::Usual usual = desk.of(question);
    while (usual.pending && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      usual = desk.of(question);
    }
    return usual;
  }
  test::TemporaryDirectory directory_;
  test::ManualClock clock_{core::from_ms(kNow)};
  std::unique_ptr<store::Store> store_;
  core::SeriesPtr series_ = test::series(1);
};

TEST_F(UsualDeskTest, IsThatHourOfThePastWeeks) {
  for (int week = 8; week >= 1; --week) {
    fill(week, hours(-1), 900, 0);  // the hour before is another one
    fill(week, hours(0), 100 + (week % 2 == 0 ? 3 : -3), 4);
    fill(week, hours(1), -900, 0);
  }
  const auto check = [&](const char* where) {
    UsualDesk desk(*store_);
    desk.start();
    const rules::Usual usual = known(desk, question(clock_.wall_now() + minutes(59), 8));
    EXPECT_DOUBLE_EQ(usual.centre, 100) << where;
    EXPECT_NEAR(usual.scale, std::hypot(1.4826 * 3, 4), 0.05) << where;
    EXPECT_DOUBLE_EQ(known(desk, question(clock_.wall_now() + minutes(60), 8)).centre, -900) << where;
  };
  check("in the journal");
  ASSERT_TRUE(store_->commit_now().has_value());
  check("on the disk");
}

TEST_F(UsualDeskTest, IsTooShortWithTooFewWeeks) {
  for (int week = 3; week >= 1; --week) fill(week, hours(0), 100, 1);
  UsualDesk desk(*store_);
  desk.start();
  EXPECT_TRUE(known(desk, question(clock_.wall_now(), 8)).too_short);
  EXPECT_DOUBLE_EQ(known(desk, question(clock_.wall_now(), 4)).centre, 100);
}

TEST_F(UsualDeskTest, NeverKeepsWhoAsksWaitingAndLooksOnceInAnHour) {
  for (int week = 4; week >= 1; --week) {
    fill(week, hours(0), 100, 1);
    fill(week, hours(1), 200, 1);
  }
  UsualDesk desk(*store_);
  EXPECT_TRUE(desk.of(question(clock_.wall_now())).pending) << "nobody answers yet";
  desk.start();
  desk.start();
  EXPECT_DOUBLE_EQ(known(desk, question(clock_.wall_now())).centre, 100);
  fill(1, hours(0), 5000, 1);  // corrected later: this hour's answer stands
  EXPECT_DOUBLE_EQ(desk.of(question(clock_.wall_now() + minutes(49))).centre, 100);
  EXPECT_EQ(desk.lookups(), 1U);
  // Some minutes before, the next hour is looked up too.
  EXPECT_DOUBLE_EQ(desk.of(question(clock_.wall_now() + minutes(50))).centre, 100);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (desk.lookups() < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_DOUBLE_EQ(desk.of(question(clock_.wall_now() + hours(1))).centre, 200) << "at once";
  EXPECT_EQ(desk.lookups(), 2U);
}

TEST_F(UsualDeskTest, IsBoundedWhateverIsAsked) {
  UsualDesk desk(*store_);  // not started: whatever is asked waits
  for (int hour = 0; hour < 40'000; ++hour) {
    EXPECT_TRUE(desk.of(question(core::WallTime(hours(hour)))).pending);
  }
  EXPECT_EQ(desk.waiting(), UsualDesk::kMostWaiting);
}

}  // namespace
}  // namespace telltale::app
