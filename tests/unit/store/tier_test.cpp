// Buckets in place of readings: a view is the same with them, and something is left when the readings went.
#include <cmath>
#include <map>
#include <random>

#include "daemon/store/cover.h"
#include "daemon/store/files.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/tier_codec.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

using Kind = core::HistoryQuery::Mode::Kind;
using store::Bucket;
using store::Interval;
using store::Intervals;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;
constexpr std::int64_t kHour = 3'600 * kSecond;

std::int64_t integer_in(const store::StoreOptions& options, const std::string& sql) {
  auto database =
      store::Database::open(store::database_path(options.state_dir), store::Database::Access::kReadOnly, "");
  auto value = database ? database->integer(sql) : core::Result<std::int64_t>(database.error());
  return value ? *value : -1;
}

double wave(std::int64_t n) {
  return std::round(1000 * std::sin(static_cast<double>(n) / 5000) + static_cast<double>(7 * (n % 13))) / 10;
}

// `seconds` readings of series 1, a second apart; of series 2 every minute one; a counter, 3, that restarts every hour.
void fill(store::Store& store, ManualClock& clock, std::int64_t seconds, std::int64_t from = 0) {
  for (std::int64_t n = from; n < from + seconds;) {
    core::ReadingBatch batch;
    for (const std::int64_t end = n + 600; n < end; ++n) {
      batch.add(reading(1, kStart + n * kSecond, wave(n)));
      if (n % 60 == 0) batch.add(reading(2, kStart + n * kSecond, static_cast<double>(n)));
      batch.add(reading(3, kStart + n * kSecond, static_cast<double>(n % 3600)));
    }
    ASSERT_TRUE(store.append(batch));
    clock.advance(std::chrono::seconds(600));
    ASSERT_TRUE(store.commit_now());
  }
}

void declare_all(store::Store& store) {
  for (const auto& one : {series(1), series(2), series(3, core::SeriesKind::kCounter)}) store.declare(*one);
}

// A store that held readings from kStart on, as fill() makes them.
struct Filled {
  explicit Filled(std::int64_t seconds, core::Duration raw = {}) : options(options_in(directory)) {
    options.raw = raw;
    open();
    declare_all(*store);
    fill(*store, clock, seconds);
  }
  void open() { store = open_store(options, clock); }
  void open_again() {
    store.reset();
    open();
  }
  const TemporaryDirectory directory;
  ManualClock clock{core::from_ms(kStart / 1'000'000)};
  store::StoreOptions options;
  std::unique_ptr<store::Store> store;
};

core::HistoryQuery query_of(std::uint32_t id, const core::HistoryQuery::Mode& mode, std::int64_t from, std::int64_t to,
                            std::uint32_t points) {
  core::HistoryQuery query;
  query.series = {series(id, id == 3 ? core::SeriesKind::kCounter : core::SeriesKind::kGauge)};
  query.from = at(from);
  query.to = at(to);
  query.points = points;
  query.mode = mode;
  return query;
}

void expect_close(const core::HistoryResult& a, const core::HistoryResult& b, const std::string& what) {
  ASSERT_EQ(a.step, b.step) << what;
  const auto& left = a.series[0];
  const auto& right = b.series[0];
  ASSERT_EQ(left.names, right.names) << what;
  ASSERT_EQ(left.times, right.times) << what;
  for (std::size_t column = 0; column < left.values.size(); ++column) {
    for (std::size_t i = 0; i < left.times.size(); ++i) {
      const double x = left.values[column][i];
      const double y = right.values[column][i];
      if (std::isnan(x) && std::isnan(y)) continue;
      ASSERT_NEAR(x, y, 1e-9 * std::max(1.0, std::abs(y))) << what << left.names[column] << " " << i;
    }
  }
}

std::vector<core::HistoryQuery::Mode> modes() {
  std::vector<core::HistoryQuery::Mode> out = {{Kind::kAuto, {}}, {Kind::kM4, {}}};
  for (const auto stat : {core::Stat::kMean, core::Stat::kSum, core::Stat::kMin, core::Stat::kMax, core::Stat::kCount,
                          core::Stat::kFirst, core::Stat::kLast, core::Stat::kDelta, core::Stat::kStd,
                          core::Stat::kIncrease, core::Stat::kRate, core::Stat::kP95}) {
    out.push_back({Kind::kStat, stat});
  }
  return out;
}

// What two stores answer to the same questions: one with tiers, one whose tiers were thrown away.
void expect_same_views(const store::StoreOptions& options, const core::Clock& clock, std::int64_t seconds,
                       std::int64_t begin = 0) {
  std::mt19937 random(4);
  std::vector<std::tuple<std::uint32_t, core::HistoryQuery::Mode, std::int64_t, std::int64_t, std::uint32_t>> asked;
  for (const auto& mode : modes()) {
    for (int i = 0; i < 6; ++i) {
      const auto from = kStart + (begin + static_cast<std::int64_t>(random() % 50'000)) * kSecond - 5 * kSecond;
      const auto to =
          std::min(from + static_cast<std::int64_t>(random() % 200'000) * kSecond, kStart + seconds * kSecond);
      if (to > from) asked.emplace_back(1 + random() % 3, mode, from, to, 20 + random() % 200);
    }
  }
  std::vector<core::HistoryResult> with;
  for (const bool tiers : {true, false}) {
    if (!tiers) {
      auto database =
          store::Database::open(store::database_path(options.state_dir), store::Database::Access::kReadWrite, "");
      ASSERT_TRUE(database);
      ASSERT_TRUE(database->execute("DELETE FROM tier"));
    }
    auto store = open_store(options, clock);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto& [id, mode, from, to, points] = asked[i];
      auto result = store->query(query_of(id, mode, from, to, points));
      ASSERT_TRUE(result);
      if (tiers) {
        with.push_back(std::move(*result));
      } else {
        expect_close(with[i], *result, "question " + std::to_string(i) + ": ");
      }
    }
  }
}

TEST(Tiers, AnswerAsTheReadingsDo) {
  constexpr std::int64_t kSeconds = std::int64_t{48} * 3'600;
  Filled past(kSeconds);
  past.store.reset();
  ASSERT_GT(integer_in(past.options, "SELECT count(*) FROM tier WHERE level = 900000000000"), 0);
  expect_same_views(past.options, past.clock, kSeconds);
}

TEST(Tiers, KnowWhatCameLate) {
  constexpr std::int64_t kSeconds = std::int64_t{36} * 3'600;
  Filled past(kSeconds);
  for (std::int64_t n = 0; n < 2'000; n += 7) {
    ASSERT_TRUE(append_one(*past.store, 1, kStart + 4 * kHour + n * kSecond + 1, 5'000.0 + static_cast<double>(n)));
  }
  // In the journal, in the tail, in late rows, and once their rows of the tier were made anew.
  core::HistoryQuery query = query_of(1, {Kind::kStat, core::Stat::kMax}, kStart, kStart + kSeconds * kSecond, 100);
  for (int i = 0; i < 4; ++i) {
    auto result = past.store->query(query);
    ASSERT_TRUE(result);
    const auto& values = result->series[0].values[0];
    EXPECT_EQ(*std::max_element(values.begin(), values.end()), 5'000.0 + 1'995) << i;
    if (i == 1) {
      past.open_again();
    } else {
      ASSERT_TRUE(append_one(*past.store, 2, kStart + kSeconds * kSecond + i, 1));
      ASSERT_TRUE(past.store->commit_now());
    }
  }
  past.store.reset();
  expect_same_views(past.options, past.clock, kSeconds);
}

// A year's history that is brought to a device which runs already.
TEST(Tiers, AreMadeOfAPastThatIsBroughtAlong) {
  constexpr std::int64_t kSeconds = std::int64_t{24} * 3'600;
  Filled past(kSeconds);
  fill(*past.store, past.clock, kSeconds, -3 * kSeconds);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(past.store->commit_now());
  past.store.reset();
  const std::string of_the_past = " FROM tier WHERE first < " + std::to_string(kStart - 2 * kSeconds * kSecond);
  EXPECT_GT(integer_in(past.options, "SELECT count(DISTINCT level)" + of_the_past), 3);
  EXPECT_EQ(integer_in(past.options, "SELECT count(*) - count(DISTINCT level || '-' || first || '-' || low) FROM tier"),
            0)
      << "no row twice";
  expect_same_views(past.options, past.clock, kSeconds, -3 * kSeconds);
}

// Whoever sends 1970 and 2200 must not keep the writer at it for the time between.
TEST(Tiers, EndAtTimesThatLieFarApart) {
  Filled past(std::int64_t{24} * 3'600);
  constexpr std::int64_t kFar = std::int64_t{250} * 365 * 86'400 * kSecond;
  for (const std::int64_t time : {-kFar, INT64_MIN, INT64_MIN + 1, INT64_MAX, kFar, std::int64_t{0}}) {
    ASSERT_TRUE(append_one(*past.store, 1, time, 1));
  }
  for (std::int64_t n = 0; n < 2'000; ++n) ASSERT_TRUE(append_one(*past.store, 2, n * kSecond, 2));
  ASSERT_TRUE(past.store->commit_now());
  past.options.raw = std::chrono::hours(6);
  past.open_again();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(past.store->commit_now());
  auto result = past.store->query(query_of(2, {Kind::kStat, core::Stat::kCount}, -kHour, 4 * kHour, 6));
  ASSERT_TRUE(result);
  ASSERT_EQ(result->step, std::chrono::hours(1));
  EXPECT_EQ(result->series[0].values[0], std::vector<double>{2'000}) << "of old readings an hour's bucket is left";
}

// Days by the clocks of a place, of 23 to 25 hours: the night of 2023-10-29 has one more in Berlin.
TEST(Tiers, MakeDaysOfATimeZone) {
  constexpr std::int64_t kFrom = -1'600'000;
  constexpr std::int64_t kSeconds = 260'000;
  Filled past(600);
  fill(*past.store, past.clock, kSeconds, kFrom);
  past.open_again();  // with nothing in the tail
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(past.store->commit_now());
  std::vector<core::HistoryQuery> asked;
  const auto zone = core::TimeZone::load("Europe/Berlin");
  ASSERT_TRUE(zone);
  for (const auto& mode : modes()) {
    if (mode.kind != Kind::kStat) continue;
    for (const std::uint32_t id : {1U, 2U, 3U}) {
      for (const auto every : {std::chrono::minutes(1'440), std::chrono::minutes(360), std::chrono::minutes(90)}) {
        for (const auto closed : {core::Side::kLeft, core::Side::kRight}) {
          auto query = query_of(id, mode, kStart + kFrom * kSecond - kHour,
                                kStart + (kFrom + kSeconds) * kSecond - 7 * kSecond, 100);
          query.buckets.emplace();
          query.buckets->every = every;
          query.buckets->closed = closed;
          query.buckets->zone = *zone;
          asked.push_back(std::move(query));
        }
      }
    }
  }
  core::HistoryQuery few = asked.front();
  few.max_readings = 10'000;
  ASSERT_TRUE(past.store->query(few)) << "not all readings are read for days";
  std::vector<core::HistoryResult> with;
  with.reserve(asked.size());
  for (const auto& query : asked) with.push_back(past.store->query(query).value());
  EXPECT_EQ(with.front().series[0].times.size(), 4U);
  past.store.reset();
  auto database =
      store::Database::open(store::database_path(past.options.state_dir), store::Database::Access::kReadWrite, "");
  ASSERT_TRUE(database && database->execute("DELETE FROM tier"));
  past.open();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    expect_close(with[i], past.store->query(asked[i]).value(), "question " + std::to_string(i) + ": ");
  }
  EXPECT_FALSE(past.store->query(few));
}

TEST(Tiers, AreLeftWhenTheReadingsGo) {
  constexpr std::int64_t kSeconds = std::int64_t{60} * 3'600;
  Filled past(kSeconds, std::chrono::hours(12));
  past.open_again();
  for (const std::uint32_t id : {1U, 2U}) {
    const std::int64_t begin = kStart / kHour * kHour + kHour;
    auto result =
        past.store->query(query_of(id, {Kind::kStat, core::Stat::kCount}, begin, kStart + kSeconds * kSecond, 60));
    ASSERT_TRUE(result);
    ASSERT_EQ(result->step, std::chrono::hours(1));
    const auto counts = result->series[0].values[0];
    ASSERT_GE(counts.size(), 59U) << id;
    for (std::size_t i = 0; i + 1 < counts.size(); ++i)
      EXPECT_EQ(counts[i], id == 1 ? 3600 : 60) << id << " hour " << i;
    result = past.store->query(query_of(id, {Kind::kStat, core::Stat::kP50}, begin, kStart + kSeconds * kSecond, 60));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->series[0].values[0].size(), counts.size()) << "and how they were spread";
    EXPECT_LT(past.store->span({id})->first, at(kStart + kHour)) << "the history goes back as far as its buckets";
  }
  const Rows rows = all_rows(*past.store, 2);
  EXPECT_GE(rows.front().first, kStart + 24 * kHour) << "the readings went, a chunk at a time";
}

// A year that is cut down to a day: what the readings' buckets take time for stays until they are there.
TEST(Tiers, AreMadeBeforeOldReadingsGo) {
  constexpr std::int64_t kSeconds = std::int64_t{100} * 3'600;
  Filled past(kSeconds);
  past.options.raw = std::chrono::hours(5);
  past.open_again();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(past.store->commit_now());
  const std::int64_t begin = kStart / kHour * kHour + kHour;
  auto result = past.store->query(query_of(2, {Kind::kStat, core::Stat::kSum}, begin, begin + 90 * kHour, 90));
  ASSERT_TRUE(result);
  ASSERT_EQ(result->step, std::chrono::hours(1));
  const auto& sums = result->series[0].values[0];
  ASSERT_EQ(sums.size(), 90U);
  for (std::size_t hour = 0; hour < sums.size(); ++hour) {
    double sum = 0;
    for (std::int64_t n = 0; n < kSeconds; n += 60) {
      const std::int64_t time = kStart + n * kSecond;
      const std::int64_t at = begin + static_cast<std::int64_t>(hour) * kHour;
      if (time >= at && time < at + kHour) sum += static_cast<double>(n);
    }
    EXPECT_EQ(sums[hour], sum) << hour;
  }
  EXPECT_LT(all_rows(*past.store, 2).size(), 60U * 40U) << "the readings went";
}

TEST(Tiers, ComeBackBitForBit) {
  std::mt19937_64 random(7);
  std::vector<store::SeriesBuckets> wanted;
  constexpr std::int64_t kStep = 900 * kSecond;
  for (const std::uint32_t id : {3U, 4U, 90'000U}) {
    store::SeriesBuckets one{{id}, {}};
    for (std::int64_t number = -20; number < 40; number += 1 + static_cast<std::int64_t>(random() % 3)) {
      store::TierBucket one_bucket;
      Bucket& bucket = one_bucket.bucket;
      bucket.number = number;
      for (std::int64_t i = 0; i < 50; ++i) {
        const double value = (static_cast<double>(random() % 1000) - 300) / 7;
        bucket.add({number * kStep + i * kSecond, value});
        one_bucket.sketch.add(value);
      }
      // Whatever a double can be has its bin.
      for (const double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::denorm_min(), -0.0}) {
        one_bucket.sketch.add(value);
      }
      one.buckets.push_back(one_bucket);
    }
    wanted.push_back(one);
  }
  const std::string data = store::encode_tier(wanted, kStep);
  std::size_t index = 0;
  std::vector<store::TierBucket> buckets;
  ASSERT_TRUE(store::visit_tier(data, [&](core::SeriesId id, std::string_view body) {
    EXPECT_EQ(id, wanted[index].series);
    auto decoded = store::decode_buckets(body, kStep, true, buckets);
    EXPECT_EQ(buckets.size(), wanted[index].buckets.size());
    for (std::size_t i = 0; decoded && i < buckets.size(); ++i) {
      const Bucket& a = buckets[i].bucket;
      const Bucket& b = wanted[index].buckets[i].bucket;
      EXPECT_EQ(buckets[i].sketch.count(), 54U);
      for (const double q : {0.0, 0.05, 0.5, 0.95, 1.0}) {
        EXPECT_EQ(buckets[i].sketch.quantile(q), wanted[index].buckets[i].sketch.quantile(q));
      }
      EXPECT_EQ(a.number, b.number);
      EXPECT_EQ(a.count, b.count);
      EXPECT_EQ(a.sum, b.sum);
      EXPECT_EQ(a.min.time, b.min.time);
      EXPECT_EQ(a.max.value, b.max.value);
      EXPECT_EQ(a.first.time, b.first.time);
      EXPECT_EQ(a.last.value, b.last.value);
      EXPECT_NEAR(a.stat(core::Stat::kStd), b.stat(core::Stat::kStd), 1e-9 * b.stat(core::Stat::kStd));
    }
    ++index;
    return decoded;
  }));
  EXPECT_EQ(index, 3U);
  // Whatever else the bytes are is damage, and nothing worse.
  for (std::size_t i = 0; i < data.size(); ++i) {
    std::string broken = data;
    broken[i] = static_cast<char>(broken[i] ^ static_cast<char>(1 + random() % 255));
    EXPECT_FALSE(store::visit_tier(broken, [](core::SeriesId, std::string_view) { return core::Result<void>(); })) << i;
  }
  for (int i = 0; i < 20'000; ++i) {
    std::string body(random() % 60, '\0');
    for (char& byte : body) byte = static_cast<char>(random());
    (void)store::decode_buckets(body, kStep, true, buckets);
  }
}

TEST(Cover, KnowsWhatIsLeft) {
  const Interval whole{10, 100};
  EXPECT_EQ(store::without(whole, {}), (Intervals{{10, 100}}));
  EXPECT_EQ(store::without(whole, {{0, 200}}), Intervals{});
  EXPECT_EQ(store::without(whole, {{60, 70}, {0, 20}, {65, 80}, {100, 120}}), (Intervals{{20, 60}, {80, 100}}));
  const Intervals parts = store::joined({{30, 40}, {10, 20}, {20, 25}, {7, 7}});
  EXPECT_EQ(parts, (Intervals{{10, 25}, {30, 40}}));
  EXPECT_TRUE(store::contains(parts, 10));
  EXPECT_TRUE(store::contains(parts, 39));
  EXPECT_FALSE(store::contains(parts, 25));
  EXPECT_FALSE(store::contains(parts, 9));
  EXPECT_FALSE(store::contains(parts, 40));
}

}  // namespace
}  // namespace telltale::test
