#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <thread>

#include "daemon/store/steps.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

using Mode = core::HistoryQuery::Mode;

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// An irregular series with gaps, bad readings and disorder, half of it committed, and the model of it.
class Query : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = open_store(options_in(directory_), clock_);
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
      core::ReadingBatch batch;
      for (int i = 0; i < 50; ++i) {
        const auto time = kNow + static_cast<std::int64_t>(random() % 4000) * kSecond / 2 - 2000 * kSecond;
        const bool bad = random() % 10 == 0;
        const double value = bad ? kNaN : std::floor(std::sin(i) * 1000) / 8;
        batch.add(reading(1, time, value, bad ? core::Quality::kBad : core::Quality::kGood));
        model_[time] = value;
      }
      ASSERT_TRUE(store_->append(batch));
      if (round % 3 == 0 && round < 30) {
        ASSERT_TRUE(store_->commit_now());
      }
    }
  }
  [[nodiscard]] core::HistoryQuery ask(const Mode& mode, std::uint32_t points) const {
    core::HistoryQuery query = raw_query({series(1)}, kNow - 1500 * kSecond, kNow - 100 * kSecond);
    query.mode = mode;
    query.points = points;
    return query;
  }
  // The model's valid readings, by the bucket's begin.
  [[nodiscard]] std::map<std::int64_t, std::vector<std::pair<std::int64_t, double>>> buckets(
      const core::HistoryResult& result) const {
    std::map<std::int64_t, std::vector<std::pair<std::int64_t, double>>> out;
    const std::int64_t step = result.step.count();
    for (const auto& [time, value] : model_) {
      if (at(time) < result.from || at(time) >= result.to || std::isnan(value)) continue;
      out[time / step * step].emplace_back(time, value);
    }
    return out;
  }

  const TemporaryDirectory directory_;
  const ManualClock clock_;
  std::unique_ptr<store::Store> store_;
  std::map<std::int64_t, double> model_;
};

double naive(core::Stat stat, const std::vector<std::pair<std::int64_t, double>>& points) {
  std::vector<double> values;
  values.reserve(points.size());
  double sum = 0;
  for (const auto& [time, value] : points) values.push_back(value);
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  switch (stat) {
    case core::Stat::kCount:
      return static_cast<double>(values.size());
    case core::Stat::kSum:
      return sum;
    case core::Stat::kMean:
      return mean;
    case core::Stat::kMin:
      return *std::min_element(values.begin(), values.end());
    case core::Stat::kMax:
      return *std::max_element(values.begin(), values.end());
    case core::Stat::kFirst:
      return values.front();
    case core::Stat::kLast:
      return values.back();
    case core::Stat::kDelta:
      return values.back() - values.front();
    case core::Stat::kStd:
      return values.size() < 2 ? kNaN : std::sqrt(squares / static_cast<double>(values.size() - 1));
    default:
      break;
  }
  return kNaN;
}

void expect_near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) {
    EXPECT_EQ(std::isnan(a), std::isnan(b));
  } else {
    EXPECT_NEAR(a, b, 1e-9 * std::max(1.0, std::abs(b)));
  }
}

TEST_F(Query, EveryStatisticIsThatOfTheModel) {
  for (int stat = 0; stat <= static_cast<int>(core::Stat::kStd); ++stat) {
    const Mode mode{Mode::Kind::kStat, static_cast<core::Stat>(stat)};
    auto result = store_->query(ask(mode, 60));
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->step, std::chrono::seconds(30));
    const auto model = buckets(*result);
    const core::HistorySeries& column = result->series[0];
    ASSERT_EQ(column.times.size(), model.size());
    EXPECT_EQ(column.names, std::vector<std::string>{std::string(core::to_text(mode.stat))});
    std::size_t i = 0;
    for (const auto& [begin, points] : model) {
      EXPECT_EQ(column.times[i], at(begin));
      expect_near(column.values[0][i++], naive(mode.stat, points));
    }
  }
}

TEST_F(Query, RawHasBadReadingsAsNaN) {
  auto result = store_->query(ask({Mode::Kind::kRaw}, 0));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->step, core::Duration{});
  std::size_t bad = 0;
  for (const double value : result->series[0].values[0]) bad += std::isnan(value) ? 1 : 0;
  EXPECT_GT(bad, 10U);
}

TEST_F(Query, AutoIsRawWhenItFitsAndBucketsWhenNot) {
  auto raw = store_->query(ask({Mode::Kind::kAuto}, 5000));
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->series[0].names, std::vector<std::string>{"value"});
  EXPECT_EQ(raw->step, core::Duration{});
  auto few = store_->query(ask({Mode::Kind::kAuto}, 60));
  ASSERT_TRUE(few);
  EXPECT_EQ(few->series[0].names, (std::vector<std::string>{"mean", "min", "max", "count"}));
  const auto model = buckets(*few);
  std::size_t i = 0;
  ASSERT_EQ(few->series[0].times.size(), model.size());
  for (const auto& [begin, points] : model) {
    expect_near(few->series[0].values[0][i], naive(core::Stat::kMean, points));
    expect_near(few->series[0].values[1][i], naive(core::Stat::kMin, points));
    expect_near(few->series[0].values[2][i], naive(core::Stat::kMax, points));
    expect_near(few->series[0].values[3][i++], static_cast<double>(points.size()));
  }
}

TEST_F(Query, M4HasFirstLastAndBothExtremesOfEveryBucket) {
  auto result = store_->query(ask({Mode::Kind::kM4}, 60));
  ASSERT_TRUE(result);
  const auto model = buckets(*result);
  std::map<std::int64_t, std::vector<std::pair<std::int64_t, double>>> got;
  const core::HistorySeries& column = result->series[0];
  for (std::size_t i = 0; i < column.times.size(); ++i) {
    const std::int64_t time = column.times[i].time_since_epoch().count();
    if (i > 0) {
      ASSERT_LT(column.times[i - 1], column.times[i]);
    }
    ASSERT_EQ(model_.at(time), column.values[0][i]);
    got[time / result->step.count() * result->step.count()].emplace_back(time, column.values[0][i]);
  }
  ASSERT_EQ(got.size(), model.size());
  for (const auto& [begin, points] : model) {
    EXPECT_LE(got[begin].size(), 4U);
    EXPECT_EQ(got[begin].front(), points.front());
    EXPECT_EQ(got[begin].back(), points.back());
    EXPECT_EQ(naive(core::Stat::kMin, got[begin]), naive(core::Stat::kMin, points));
    EXPECT_EQ(naive(core::Stat::kMax, got[begin]), naive(core::Stat::kMax, points));
  }
}

TEST_F(Query, StopsAtItsLimitAndWhenCancelled) {
  core::HistoryQuery query = ask({Mode::Kind::kRaw}, 0);
  query.max_readings = 100;
  auto limited = store_->query(query);
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, core::ErrorCode::kLimit);
  query.max_readings = 0;
  std::atomic<bool> cancel{true};
  query.cancel = &cancel;
  auto cancelled = store_->query(query);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, core::ErrorCode::kTimeout);
  cancel = false;
  EXPECT_TRUE(store_->query(query));
}

TEST_F(Query, RefusesASpanThatEndsBeforeItBegins) {
  auto query = raw_query({series(1)}, 10, 5);
  auto result = store_->query(query);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, core::ErrorCode::kInvalid);
  EXPECT_TRUE(store_->query(raw_query({series(1)}, 5, 5)));
}

TEST(Steps, GiveAtMostTheWantedBuckets) {
  for (const std::int64_t length :
       {std::int64_t{1}, std::int64_t{999}, kSecond, 3600 * kSecond, 86400L * 365 * kSecond}) {
    for (const std::uint32_t points : {2U, 3U, 100U, 1920U}) {
      for (const std::int64_t from : {std::int64_t{0}, -length / 2, kNow + 12345}) {
        const std::int64_t step = store::choose_step(from, from + length, points);
        EXPECT_LE(store::bucket_of(from + length - 1, step) - store::bucket_of(from, step) + 1, points);
      }
    }
  }
  EXPECT_EQ(store::choose_step(0, 86400 * kSecond, 1440), 60 * kSecond);
}

// Every query sees a prefix of what was appended, whole and once, while commits and releases go on beside it.
TEST(Concurrency, QueriesSeeAConsistentUnionWhileReadingsCome) {
  const TemporaryDirectory directory;
  const core::SystemClock clock;
  auto options = options_in(directory);
  options.commit = std::chrono::milliseconds(2);
  options.journal_bytes = 256U << 10U;
  auto store = open_store(options, clock);
  std::atomic<std::int64_t> appended{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int thread = 0; thread < 3; ++thread) {
    readers.emplace_back([&] {
      while (!stop) {
        const std::int64_t before = appended;
        auto result = store->query(raw_query({series(1)}));
        ASSERT_TRUE(result) << result.error().text();
        const Rows rows = rows_of(result->series[0]);
        ASSERT_GE(static_cast<std::int64_t>(rows.size()), before);
        for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i].first, static_cast<std::int64_t>(i) * 1000);
        (void)store->stats();
        (void)store->span({1});
      }
    });
  }
  for (std::int64_t i = 0; i < 6000;) {
    core::ReadingBatch batch;
    for (int k = 0; k < 5; ++k) batch.add(reading(1, (i + k) * 1000, static_cast<double>(i + k)));
    if (!store->append(batch)) {
      std::this_thread::yield();
      continue;
    }
    i += 5;
    appended = i;
  }
  ASSERT_TRUE(store->commit_now());
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(store->stats().samples, 6000U);
}

}  // namespace
}  // namespace telltale::test
