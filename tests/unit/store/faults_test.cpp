#include <fstream>
#include <future>
#include <iterator>

#include "daemon/store/files.h"
#include "tests/unit/store/faulty_vfs.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;

class FailingDisk : public ::testing::TestWithParam<std::atomic<bool> Faults::*> {
 protected:
  void SetUp() override {
    options_ = options_in(directory_);
    options_.vfs = FaultyVfs::kName;
    store_ = open_store(options_, clock_);
  }
  void TearDown() override { fail(false); }
  void fail(bool failing) { (FaultyVfs::faults().*GetParam()) = failing; }

  const FaultyVfs vfs_;
  const TemporaryDirectory directory_;
  ManualClock clock_;
  store::StoreOptions options_;
  std::unique_ptr<store::Store> store_;
};

TEST_P(FailingDisk, IsSaidAndGoneThroughWithoutALoss) {
  ASSERT_TRUE(append_one(*store_, 1, kNow, 0));
  ASSERT_TRUE(store_->commit_now());
  fail(true);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(append_one(*store_, 1, kNow + i, i));
    EXPECT_FALSE(store_->commit_now());
    EXPECT_EQ(all_rows(*store_, 1).size(), static_cast<std::size_t>(i) + 1) << "live goes on";
  }
  EXPECT_FALSE(store_->stats().error.empty());
  EXPECT_GT(store_->stats().journal_bytes, 0U);
  fail(false);
  ASSERT_TRUE(append_one(*store_, 1, kNow + 4, 4));
  ASSERT_TRUE(store_->commit_now());
  EXPECT_TRUE(store_->stats().error.empty());
  EXPECT_EQ(store_->stats().journal_bytes, 0U);
  EXPECT_EQ(store_->stats().samples, 5U);
  EXPECT_EQ(all_rows(*store_, 1).size(), 5U);
}

TEST_P(FailingDisk, TellsWhoWaitsForIt) {
  fail(true);
  auto position = append_one(*store_, 1, kNow, 0);
  ASSERT_TRUE(position);
  std::promise<core::Result<void>> promise;
  store_->when_durable(*position, [&](core::Result<void> result) { promise.set_value(std::move(result)); });
  clock_.advance(std::chrono::milliseconds(50));
  EXPECT_FALSE(promise.get_future().get());
}

TEST_P(FailingDisk, IsTriedAgainByItselfAfterTheBackOff) {
  fail(true);
  ASSERT_TRUE(append_one(*store_, 1, kNow, 0));
  EXPECT_FALSE(store_->commit_now());
  fail(false);
  clock_.advance(std::chrono::minutes(2));
  while (!store_->stats().error.empty()) std::this_thread::yield();
  EXPECT_EQ(store_->stats().journal_bytes, 0U);
}

TEST_P(FailingDisk, AtTheEndLeavesTheJournalForTheNextStart) {
  fail(true);
  ASSERT_TRUE(append_one(*store_, 1, kNow, 7));
  store_.reset();
  fail(false);
  store_ = open_store(options_, clock_);
  EXPECT_EQ(store_->stats().samples, 1U);
  EXPECT_EQ(all_rows(*store_, 1).size(), 1U);
}

TEST_P(FailingDisk, FullJournalRefusesAndThenTakesAgain) {
  fail(true);
  std::uint64_t kept = 0;
  for (;; ++kept) {
    if (auto done = append_one(*store_, 1, kNow + static_cast<std::int64_t>(kept), 1); !done) {
      EXPECT_EQ(done.error().code, core::ErrorCode::kLimit);
      break;
    }
  }
  core::SeriesInfo declared = *series(9);
  store_->declare(declared);
  fail(false);
  ASSERT_TRUE(store_->commit_now());
  ASSERT_TRUE(append_one(*store_, 1, kNow + static_cast<std::int64_t>(kept), 1));
  EXPECT_EQ(all_rows(*store_, 1).size(), kept + 1);
  store_.reset();
  store_ = open_store(options_, clock_);
  EXPECT_EQ(store_->series().size(), 1U) << "what was declared meanwhile is not lost";
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingDisk, ::testing::Values(&Faults::syncs_fail, &Faults::writes_fail),
                         [](const auto& which) { return which.index == 0 ? "Sync" : "Write"; });

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Schema, RefusesANewerFileAndAnothersUntouched) {
  for (const char* sql : {"PRAGMA user_version=99", "PRAGMA application_id=7"}) {
    const TemporaryDirectory directory;
    const ManualClock clock;
    const auto options = options_in(directory);
    open_store(options, clock).reset();
    const std::string path = store::database_path(options.state_dir);
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
    const std::string before = bytes_of(path);
    auto refused = store::Store::open(options, clock, quiet());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("left as it is"), std::string::npos) << refused.error().text();
    EXPECT_EQ(bytes_of(path), before);
  }
}

TEST(Schema, RefusesWhatIsNoDatabase) {
  const TemporaryDirectory directory;
  const ManualClock clock;
  const auto options = options_in(directory);
  std::filesystem::create_directories(options.state_dir);
  std::ofstream(store::database_path(options.state_dir)) << std::string(8192, 'x');
  auto refused = store::Store::open(options, clock, quiet());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace telltale::test
