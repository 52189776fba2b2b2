#include "daemon/store/store.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <thread>

#include <rapidcheck.h>

#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Store, SeesWhatWasAppendedBeforeAndAfterTheCommitAndARestart) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  ASSERT_TRUE(append_one(*store, 1, kNow, 1.5));
  const Rows wanted = {{kNow, std::bit_cast<std::uint64_t>(1.5)}};
  EXPECT_EQ(all_rows(*store, 1), wanted);
  ASSERT_TRUE(store->commit_now());
  EXPECT_EQ(store->stats().journal_bytes, 0U);
  EXPECT_EQ(all_rows(*store, 1), wanted);
  store.reset();
  store = open_store(options_in(directory), clock);
  EXPECT_EQ(all_rows(*store, 1), wanted);
  EXPECT_EQ(store->stats().samples, 1U);
  ASSERT_TRUE(store->span({1}));
  EXPECT_EQ(store->span({1})->first, at(kNow));
  EXPECT_FALSE(store->span({2}));
}

TEST(Store, KeepsSeriesWithAllTheyDeclare) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  core::SeriesInfo info;
  info.id.value = 3;
  info.declaration.key = *core::make_series_key("pump.mode", {{"hall", "a\"b"}});
  info.key_text = info.declaration.key.text();
  info.input = "plc";
  info.declaration.unit = "°C";
  info.declaration.kind = core::SeriesKind::kState;
  info.declaration.states = {{-1, "fault"}, {0, "off"}, {1, "fully on"}};
  info.declaration.hint = {"Mode", 3, std::pair(-1.0, 1.0)};
  auto store = open_store(options_in(directory), clock);
  store->declare(info);
  info.declaration.unit = "K";  // a change replaces what was there
  store->declare(info);
  store.reset();
  store = open_store(options_in(directory), clock);
  ASSERT_EQ(store->series().size(), 1U);
  const core::SeriesInfo& back = *store->series()[0];
  EXPECT_EQ(back.id, info.id);
  EXPECT_EQ(back.key_text, info.key_text);
  EXPECT_EQ(back.input, info.input);
  EXPECT_EQ(back.declaration, info.declaration);
}

TEST(Store, KeepsTheTextsOfEvents) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  core::ReadingBatch batch;
  batch.add_text(reading(1, kNow, 0), "door open");
  batch.add_text(reading(1, kNow + 1, 0), "");
  batch.add_text(reading(1, kNow + 2, 0), std::string(3000, 'x'));
  ASSERT_TRUE(store->append(batch));
  const std::vector<std::string> wanted = {"door open", "", std::string(3000, 'x')};
  for (int round = 0; round < 2; ++round) {
    auto result = store->query(raw_query({series(1, core::SeriesKind::kEvent)}));
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->series[0].texts, wanted);
    EXPECT_TRUE(result->series[0].values.empty());
    ASSERT_TRUE(store->commit_now());
  }
}

// Times near and far, in and out of order, twice, with commits and restarts between: the last of a time wins.
TEST(Store, GivesBackWhatAModelWouldInAnyOrder) {
  EXPECT_TRUE(rc::check([] {
    const TemporaryDirectory directory;
    const ManualClock clock;
    auto store = open_store(options_in(directory), clock);
    std::map<std::uint32_t, std::map<std::int64_t, std::uint64_t>> model;
    const int rounds = *rc::gen::inRange(1, 12);
    for (int round = 0; round < rounds; ++round) {
      core::ReadingBatch batch;
      const int size = *rc::gen::inRange(0, 30);
      for (int i = 0; i < size; ++i) {
        const auto id = *rc::gen::inRange<std::uint32_t>(0, 3);
        const std::int64_t near = kNow + *rc::gen::inRange<std::int64_t>(-100, 5) * kSecond;
        const std::int64_t time = *rc::gen::oneOf(
            rc::gen::just(near), rc::gen::just(near), rc::gen::arbitrary<std::int64_t>(),
            rc::gen::element<std::int64_t>(0, -kNow, INT64_MIN, INT64_MAX - 1, kNow + 1'000'000 * kSecond));
        const auto bits = *rc::gen::arbitrary<std::uint64_t>();
        batch.add(reading(id, time, std::bit_cast<double>(bits)));
        model[id][time] = bits;
      }
      RC_ASSERT(store->append(batch).has_value());
      const int then = *rc::gen::inRange(0, 4);
      if (then == 1) RC_ASSERT(store->commit_now().has_value());
      if (then == 2) {
        store.reset();
        store = open_store(options_in(directory), clock);
      }
    }
    for (const auto& [id, points] : model) {
      RC_ASSERT(all_rows(*store, id) == Rows(points.begin(), points.end()));
      const auto span = store->span({id});
      RC_ASSERT(span.has_value());
      RC_ASSERT(span->first == at(points.begin()->first));
      RC_ASSERT(span->last == at(points.rbegin()->first));
      const std::int64_t from = *rc::gen::element(kNow - 50 * kSecond, kNow, std::int64_t{0});
      const std::int64_t to = from + *rc::gen::inRange<std::int64_t>(0, 50) * kSecond;
      const auto part = store->query(raw_query({series(id)}, from, to));
      RC_ASSERT(part.has_value());
      RC_ASSERT(rows_of(part->series[0]) == Rows(points.lower_bound(from), points.lower_bound(to)));
    }
  }));
}

TEST(Store, CountsDuplicatesAndTheLastWins) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  for (const double value : {1.0, 2.0, 3.0}) ASSERT_TRUE(append_one(*store, 1, kNow, value));
  ASSERT_TRUE(store->commit_now());
  EXPECT_EQ(store->stats().duplicates, 2U);
  EXPECT_EQ(all_rows(*store, 1), (Rows{{kNow, std::bit_cast<std::uint64_t>(3.0)}}));
}

TEST(Store, AnswersDurableOnceItIsOnDisk) {
  const TemporaryDirectory directory;
  ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  auto position = append_one(*store, 1, kNow, 1);
  ASSERT_TRUE(position);
  std::promise<std::pair<core::Result<void>, std::uint64_t>> promise;
  store->when_durable(*position, [&](core::Result<void> result) {
    promise.set_value({std::move(result), store->stats().journal_bytes});
  });
  clock.advance(std::chrono::milliseconds(50));
  const auto [result, waiting] = promise.get_future().get();
  EXPECT_TRUE(result);
  EXPECT_EQ(waiting, 0U);
}

TEST(Store, TellsWhoWaitsForWhatWasNeverAppended) {
  const TemporaryDirectory directory;
  ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  std::promise<core::Result<void>> promise;
  store->when_durable(1'000'000, [&](core::Result<void> result) { promise.set_value(std::move(result)); });
  clock.advance(std::chrono::milliseconds(50));
  const auto result = promise.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, core::ErrorCode::kInvalid);
}

TEST(Store, CommitsByItselfWhenTheIntervalIsOver) {
  const TemporaryDirectory directory;
  const core::SystemClock clock;
  auto options = options_in(directory);
  options.commit = std::chrono::milliseconds(5);
  auto store = open_store(options, clock);
  ASSERT_TRUE(append_one(*store, 1, kNow, 1));
  while (store->stats().journal_bytes != 0) std::this_thread::yield();
  EXPECT_EQ(store->stats().commits, 1U);
}

TEST(Store, RefusesASecondOpen) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  auto store = open_store(options_in(directory), clock);
  auto second = store::Store::open(options_in(directory), clock, quiet());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, core::ErrorCode::kConflict);
}

TEST(Store, TakesMoreThanTheJournalHoldsBecauseTheWriterIsKicked) {
  const TemporaryDirectory directory;
  const ManualClock clock;  // never advances: only the kick commits
  auto options = options_in(directory);
  options.journal_bytes = 256U << 10U;
  auto store = open_store(options, clock);
  std::uint64_t kept = 0;
  for (std::int64_t i = 0; i < 60'000;) {
    core::ReadingBatch batch;
    for (int k = 0; k < 100; ++k) batch.add(reading(1, kNow + (i + k) * 1000, static_cast<double>(i + k)));
    auto done = store->append(batch);
    if (!done) {
      ASSERT_EQ(done.error().code, core::ErrorCode::kLimit);
      std::this_thread::yield();
      continue;
    }
    i += 100;
    kept += 100;
  }
  EXPECT_EQ(all_rows(*store, 1).size(), kept);
  EXPECT_EQ(store->stats().samples, kept);
}

TEST(Store, RefusesABatchThatDoesNotFitAndKeepsNothingOfIt) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  auto options = options_in(directory);
  options.journal_bytes = 256U << 10U;
  auto store = open_store(options, clock);
  core::ReadingBatch batch;
  for (int i = 0; i < 20'000; ++i) batch.add(reading(1, kNow + i, i));
  auto done = store->append(batch);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, core::ErrorCode::kLimit);
  EXPECT_TRUE(all_rows(*store, 1).empty());
  ASSERT_TRUE(append_one(*store, 1, kNow, 1));
  EXPECT_EQ(all_rows(*store, 1).size(), 1U);
}

TEST(Store, ForgetsWhatIsOlderThanRaw) {
  const TemporaryDirectory directory;
  ManualClock clock;
  auto options = options_in(directory);
  options.raw = std::chrono::seconds(100);
  auto store = open_store(options, clock);
  for (int i = 0; i < 600; ++i) {
    clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(append_one(*store, 1, kNow + i * kSecond, i));
    ASSERT_TRUE(store->commit_now());
  }
  store.reset();  // compacts what is left, and the next start looks what is too old
  store = open_store(options, clock);
  ASSERT_TRUE(append_one(*store, 1, kNow + 600 * kSecond, 600));
  ASSERT_TRUE(store->commit_now());
  EXPECT_GE(all_rows(*store, 1).size(), 100U);
  EXPECT_LE(all_rows(*store, 1).size(), 100U + 192U) << "at most one compaction more";
}

TEST(Store, AClockThatJumpsAheadDeletesNothing) {
  const TemporaryDirectory directory;
  ManualClock clock;
  auto options = options_in(directory);
  options.raw = std::chrono::seconds(1000);
  auto store = open_store(options, clock);
  clock.step_wall(std::chrono::hours(24 * 3650));
  for (int i = 0; i < 130; ++i) {
    ASSERT_TRUE(append_one(*store, 1, kNow + i * kSecond, i));
    ASSERT_TRUE(store->commit_now());
  }
  EXPECT_EQ(all_rows(*store, 1).size(), 130U);
}

}  // namespace
}  // namespace telltale::test
