// A disk that is full below the budget: a file system of its own, small, in memory.
#include <random>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "daemon/store/files.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kDisk = 16U << 20U;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    options_ = options_in(directory_);
    std::filesystem::create_directories(options_.state_dir);
    if (::mount("tmpfs", options_.state_dir.c_str(), "tmpfs", 0, "size=16m") != 0) {
      GTEST_SKIP() << "a file system of its own needs the right to mount";
    }
    mounted_ = true;
    options_.journal_bytes = 4U << 20U;
    options_.budget = 20U << 20U;  // more than there is
  }
  void TearDown() override {
    store_.reset();
    if (mounted_) {
      EXPECT_EQ(::umount(options_.state_dir.c_str()), 0);
    }
  }
  [[nodiscard]] std::filesystem::path foreign() const { return options_.state_dir / "log of another program"; }
  // Another program takes all but `left` bytes.
  void fill_up_to(std::uint64_t left) {
    const int file = ::open(foreign().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const auto space = std::filesystem::space(options_.state_dir).available;
    ASSERT_EQ(::fallocate(file, 0, 0, static_cast<off_t>(space - left)), 0);
    ::close(file);
  }
  // Values that nothing compresses; how often a commit was refused.
  int append(int commits) {
    int refused = 0;
    for (int commit = 0; commit < commits; ++commit) {
      core::ReadingBatch batch;
      for (int i = 0; i < 2'000; ++i, time_ += kMillisecond) {
        batch.add(reading(1, time_, std::bit_cast<double>(random_() & ~(std::uint64_t{1} << 62U))));
      }
      clock_.advance(core::Duration(2'000 * kMillisecond));
      EXPECT_TRUE(store_->append(batch));
      if (!store_->commit_now()) ++refused;
    }
    return refused;
  }
  [[nodiscard]] std::size_t kept() { return all_rows(*store_, 1).size(); }

  const TemporaryDirectory directory_;
  ManualClock clock_{core::from_ms(kNow / kMillisecond)};
  store::StoreOptions options_;
  std::unique_ptr<store::Store> store_;
  std::mt19937_64 random_{5};
  std::int64_t time_ = kNow;
  bool mounted_ = false;
};

TEST_F(FullDisk, LosesItsOldestReadingsAlone) {
  store_ = open_store(options_, clock_);
  EXPECT_EQ(append(2 * static_cast<int>(kDisk / 16'000)), 0) << store_->stats().error;
  EXPECT_TRUE(store_->stats().disk_full);
  const Rows rows = all_rows(*store_, 1);
  EXPECT_EQ(rows.back().first, time_ - kMillisecond);
  EXPECT_EQ(static_cast<std::int64_t>(rows.size()) * kMillisecond, time_ - rows.front().first) << "none in between";
  EXPECT_GT(rows.size() * 8, kDisk / 3) << "what is kept is a fair part of the disk";
  store_.reset();
  store_ = open_store(options_, clock_);
  EXPECT_EQ(all_rows(*store_, 1), rows);
}

TEST_F(FullDisk, IsAllItCanBeOnceAnotherProgramGivesRoomBack) {
  store_ = open_store(options_, clock_);
  ASSERT_EQ(append(100), 0);
  fill_up_to(200'000);
  ASSERT_EQ(append(400), 0) << store_->stats().error;
  ASSERT_TRUE(store_->stats().disk_full);
  const std::size_t within = kept();
  EXPECT_LT(within * 8, kDisk / 2);
  std::filesystem::remove(foreign());
  ASSERT_EQ(append(100), 0);
  EXPECT_FALSE(store_->stats().disk_full);
  EXPECT_EQ(kept(), within + 200'000) << "nothing gives way any more";
  EXPECT_TRUE(store_->stats().error.empty());
}

// Not a byte left at the start: what was held while the daemon was away makes room.
TEST_F(FullDisk, FromTheStartLosesItsOldestReadingsAlone) {
  store_ = open_store(options_, clock_);
  ASSERT_EQ(append(560), 0);
  store_.reset();
  fill_up_to(0);
  store_ = open_store(options_, clock_);
  ASSERT_NE(store_, nullptr);
  EXPECT_TRUE(store_->stats().disk_full);
  const Rows before = all_rows(*store_, 1);
  EXPECT_EQ(append(50), 0);
  const Rows after = all_rows(*store_, 1);
  EXPECT_GT(after.front().first, before.front().first);
  EXPECT_EQ(static_cast<std::int64_t>(after.size()) * kMillisecond, time_ - after.front().first) << "none in between";
  std::filesystem::remove(foreign());
  ASSERT_EQ(append(3), 0);
  EXPECT_FALSE(store_->stats().disk_full);
}

}  // namespace
}  // namespace telltale::test
