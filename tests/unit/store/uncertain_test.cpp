// What a query says of readings that are uncertain: out of the journal, the tail, blocks, and buckets of tiers.
#include "daemon/store/doubts.h"
#include "daemon/store/files.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/tier_codec.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

using Kind = core::HistoryQuery::Mode::Kind;
using Spans = std::vector<std::pair<std::int64_t, std::int64_t>>;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;
constexpr std::int64_t kHour = 3'600;

// In seconds after the start.
Spans told(store::Store& store, const core::HistoryQuery::Mode& mode, std::int64_t from, std::int64_t to,
           std::uint32_t points) {
  core::HistoryQuery query;
  query.series = {series(1)};
  query.from = at(kStart + from * kSecond);
  query.to = at(kStart + to * kSecond);
  query.points = points;
  query.mode = mode;
  auto result = store.query(query);
  if (!result) {
    ADD_FAILURE() << result.error().text();
    return {};
  }
  Spans out;
  for (const core::SeriesSpan& span : result->series[0].uncertain) {
    out.emplace_back((span.first.time_since_epoch().count() - kStart) / kSecond,
                     (span.last.time_since_epoch().count() - kStart) / kSecond);
  }
  return out;
}

struct Past {
  Past() : options(options_in(directory)), store(open_store(options, clock)) { store->declare(*series(1)); }
  // A reading a second of [from, to), all of one quality.
  void fill(std::int64_t from, std::int64_t to, core::Quality quality) {
    while (from < to) {
      core::ReadingBatch batch;
      const std::int64_t end = std::min(to, from + 600);
      for (; from < end; ++from) {
        batch.add(reading(1, kStart + from * kSecond, static_cast<double>(from % 100), quality));
      }
      ASSERT_TRUE(store->append(batch));
      clock.advance(std::chrono::seconds(600));
      ASSERT_TRUE(store->commit_now());
    }
  }
  const TemporaryDirectory directory;
  ManualClock clock{core::from_ms(kStart / 1'000'000)};
  store::StoreOptions options;
  std::unique_ptr<store::Store> store;
};

TEST(Uncertain, RunsAreToldFromTheJournalTheTailAndBlocks) {
  Past past;
  core::ReadingBatch batch;
  for (std::int64_t n = 0; n < 40; ++n) {
    const bool doubtful = (n >= 10 && n < 20) || n == 30;
    batch.add(reading(1, kStart + n * kSecond, 1, doubtful ? core::Quality::kUncertain : core::Quality::kGood));
  }
  ASSERT_TRUE(past.store->append(batch));
  const Spans wanted = {{10, 19}, {30, 30}};
  EXPECT_EQ(told(*past.store, {Kind::kRaw}, 0, 40, 0), wanted) << "in the journal";
  EXPECT_EQ(told(*past.store, {Kind::kRaw}, 15, 40, 0), (Spans{{15, 19}, {30, 30}})) << "what is in the span";
  EXPECT_EQ(told(*past.store, {Kind::kAuto}, 0, 40, 5), wanted) << "summed up";
  ASSERT_TRUE(past.store->commit_now());
  EXPECT_EQ(told(*past.store, {Kind::kRaw}, 0, 40, 0), wanted) << "in the tail";
  past.store.reset();
  past.store = open_store(past.options, past.clock);
  EXPECT_EQ(told(*past.store, {Kind::kRaw}, 0, 40, 0), wanted) << "after a restart";
  // A better reading of the same time takes its place.
  ASSERT_TRUE(append_one(*past.store, 1, kStart + 30 * kSecond, 2));
  EXPECT_EQ(told(*past.store, {Kind::kRaw}, 0, 40, 0), (Spans{{10, 19}}));
  EXPECT_EQ(told(*past.store, {Kind::kStat, core::Stat::kMax}, 0, 40, 4), (Spans{{10, 19}}));
}

TEST(Uncertain, IsKeptInBucketsAsLongAsThey) {
  Past past;
  past.fill(0, 20 * kHour, core::Quality::kGood);
  past.fill(20 * kHour, 22 * kHour, core::Quality::kUncertain);
  past.fill(22 * kHour, 60 * kHour, core::Quality::kGood);
  for (const bool readings : {true, false}) {
    if (!readings) past.options.raw = std::chrono::hours(6);
    past.store.reset();
    past.store = open_store(past.options, past.clock);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(past.store->commit_now());
    const Spans spans = told(*past.store, {Kind::kAuto}, 0, 60 * kHour, 60);
    ASSERT_EQ(spans.size(), 1U) << readings;
    // Whole buckets where there is nothing but buckets.
    EXPECT_LE(spans[0].first, 20 * kHour);
    EXPECT_GT(spans[0].first, 19 * kHour - 1);
    EXPECT_GE(spans[0].second, 22 * kHour - 1);
    EXPECT_LT(spans[0].second, 23 * kHour);
  }
  auto database =
      store::Database::open(store::database_path(past.options.state_dir), store::Database::Access::kReadOnly, "");
  ASSERT_TRUE(database);
  const auto plain = database->integer("SELECT count(*) FROM tier WHERE substr(data, 1, 1) = x'01'");
  const auto doubtful = database->integer("SELECT count(*) FROM tier WHERE substr(data, 1, 1) = x'02'");
  ASSERT_TRUE(plain && doubtful);
  EXPECT_GT(*plain, *doubtful) << "rows without doubts are as they were";
  EXPECT_GT(*doubtful, 0);
}

TEST(Uncertain, ABucketKeepsItInItsRow) {
  for (const std::int64_t step : {60 * kSecond, 900 * kSecond}) {
    store::SeriesBuckets one{{1}, {}};
    for (std::int64_t number = 0; number < 10; ++number) {
      store::TierBucket bucket;
      bucket.bucket.number = number;
      bucket.bucket.add({number * step, 1});
      bucket.bucket.uncertain = number % 3 == 0;
      bucket.sketch.add(1);
      one.buckets.push_back(bucket);
    }
    std::vector<store::TierBucket> found;
    ASSERT_TRUE(store::visit_tier(store::encode_tier({one}, step), [&](core::SeriesId, std::string_view body) {
      return store::decode_buckets(body, step, true, found);
    }));
    ASSERT_EQ(found.size(), 10U);
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].bucket.uncertain, i % 3 == 0) << i;
  }
}

TEST(Uncertain, ManyRunsAreJoinedToFew) {
  store::Doubts doubts;
  // Fifty times a day apart, a thousand runs a second apart.
  const auto begin = [](std::int64_t cluster) { return cluster * 24 * kHour * kSecond; };
  for (std::int64_t cluster = 0; cluster < 50; ++cluster) {
    for (std::int64_t n = 0; n < 1'000; ++n) {
      doubts.add(begin(cluster) + n * kSecond, begin(cluster) + n * kSecond + 1);
      doubts.sure();
    }
  }
  const auto spans = doubts.spans();
  EXPECT_LE(spans.size(), store::Doubts::kMost);
  ASSERT_GE(spans.size(), 50U) << "what lies far apart stays apart";
  EXPECT_EQ(spans.front().first, at(0));
  EXPECT_EQ(spans.front().last, at(999 * kSecond + 1));
  EXPECT_EQ(spans.back().last, at(begin(49) + 999 * kSecond + 1)) << "none is forgotten";
  store::Doubts extremes;
  extremes.add(INT64_MIN, INT64_MIN);
  extremes.sure();
  extremes.add(INT64_MAX, INT64_MAX);
  EXPECT_EQ(extremes.spans().size(), 2U);
}

TEST(Percentiles, StandBehindTheColumnsOfBuckets) {
  Past past;
  past.fill(0, 30 * kHour, core::Quality::kGood);
  core::HistoryQuery query;
  query.series = {series(1)};
  query.from = at(kStart);
  query.mode.kind = Kind::kAuto;
  query.mode.percentiles = {5, 50, 95};
  for (const auto& [seconds, points] : {std::pair(kHour, 20U), std::pair(30 * kHour, 40U)}) {
    query.to = at(kStart + seconds * kSecond);
    query.points = points;
    auto result = past.store->query(query);
    ASSERT_TRUE(result);
    const core::HistorySeries& found = result->series[0];
    ASSERT_EQ(found.names, (std::vector<std::string>{"mean", "min", "max", "count", "p5", "p50", "p95"}));
    for (std::size_t i = 1; i + 1 < found.times.size(); ++i) {
      // Each bucket holds whole runs from 0 to 99, and pieces of two.
      EXPECT_NEAR(found.values[4][i], 5, 6) << i;
      EXPECT_NEAR(found.values[5][i], 50, 12) << i;
      EXPECT_NEAR(found.values[6][i], 95, 6) << i;
      EXPECT_LE(found.values[1][i], found.values[4][i]);
      EXPECT_GE(found.values[2][i], found.values[6][i]);
    }
  }
  query.points = 10'000;
  query.to = at(kStart + kHour * kSecond);
  auto readings = past.store->query(query);
  ASSERT_TRUE(readings);
  EXPECT_EQ(readings->series[0].names, std::vector<std::string>{"value"}) << "readings that fit stay as they are";
}

}  // namespace
}  // namespace telltale::test
