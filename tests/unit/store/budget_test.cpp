#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

#include "daemon/store/files.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

// Looks at the directory as fast as it can, as long as it lives.
class Watcher {
 public:
  explicit Watcher(std::filesystem::path directory) : directory_(std::move(directory)), thread_([this] { watch(); }) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { stop(); }
  std::uint64_t stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return most_;
  }

 private:
  void watch() {
    while (!stopping_) {
      most_ = std::max(most_.load(), store::bytes_in(directory_));
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  const std::filesystem::path directory_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> most_{0};
  std::thread thread_;
};

struct Run {
  std::uint64_t budget;
  int batch;  // readings per commit
  bool texts;
};

class Budget : public ::testing::TestWithParam<Run> {};

// Values that nothing compresses, ten times as many as fit; commits of every size, queries between them.
TEST_P(Budget, IsNeverPassedWhileItIsFilledTenTimes) {
  const auto [budget, size, texts] = GetParam();
  const TemporaryDirectory directory;
  ManualClock clock;
  auto options = options_in(directory);
  options.budget = budget;
  options.journal_bytes = 4U << 20U;
  std::filesystem::create_directories(options.state_dir);
  Watcher watcher(options.state_dir);
  auto store = open_store(options, clock);
  std::mt19937_64 random(3);
  std::int64_t time = kNow;
  const std::uint64_t per_reading = texts ? 120 : 8;
  for (std::uint64_t bytes = 0; bytes < 10 * budget;) {
    core::ReadingBatch batch;
    const int count = size + static_cast<int>(random() % static_cast<unsigned>(size));
    for (int i = 0; i < count; ++i, time += kMillisecond) {
      const auto id = static_cast<std::uint32_t>(1 + i % 3);
      const auto value = std::bit_cast<double>(random() & ~(std::uint64_t{1} << 62U));
      std::string text(100, 'x');
      for (char& c : text) c = static_cast<char>('!' + random() % 90);
      if (texts) batch.add_text(reading(id, time, value), text);
      if (!texts) batch.add(reading(id, time, value));
    }
    bytes += static_cast<std::uint64_t>(count) * per_reading;
    clock.advance(core::Duration(count * kMillisecond));
    ASSERT_TRUE(store->append(batch));
    ASSERT_TRUE(store->commit_now()) << store->stats().error;
    ASSERT_LE(store->stats().bytes, budget);
  }
  const auto stats = store->stats();
  EXPECT_GT(*stats.oldest, at(kNow));
  std::size_t rows = 0;
  for (std::uint32_t id = 1; id <= 3; ++id) rows += all_rows(*store, id).size();
  EXPECT_EQ(rows, stats.samples);
  EXPECT_GT(rows * per_reading, budget / 5) << "what is kept is a fair part of the budget";
  store.reset();
  EXPECT_LE(watcher.stop(), budget);
  store = open_store(options, clock);
  EXPECT_EQ(store->stats().samples, stats.samples);
}

INSTANTIATE_TEST_SUITE_P(Runs, Budget,
                         ::testing::Values(Run{1'000'000, 100, false}, Run{1'000'000, 2'000, false},
                                           Run{1'000'000, 20'000, false}, Run{1'000'000, 300, true}));

TEST(BudgetThatShrinks, MakesTheFileSmaller) {
  const TemporaryDirectory directory;
  ManualClock clock;
  auto options = options_in(directory);
  auto store = open_store(options, clock);
  std::mt19937_64 random(3);
  std::int64_t time = kNow;
  for (int round = 0; round < 100; ++round) {
    core::ReadingBatch batch;
    for (int i = 0; i < 4000; ++i, time += kMillisecond) batch.add(reading(1, time, static_cast<double>(random())));
    clock.advance(std::chrono::seconds(4));
    ASSERT_TRUE(store->append(batch));
    ASSERT_TRUE(store->commit_now());
  }
  ASSERT_GT(store->stats().bytes, 2'000'000U);
  store.reset();
  options.budget = 1'000'000;
  store = open_store(options, clock);
  ASSERT_TRUE(append_one(*store, 1, time, 1));
  ASSERT_TRUE(store->commit_now());
  store.reset();
  EXPECT_LE(store::bytes_in(options.state_dir), options.budget);
  store = open_store(options, clock);
  EXPECT_EQ(all_rows(*store, 1).back().first, time);
}

}  // namespace
}  // namespace telltale::test
