#include "daemon/store/journal.h"

#include <fstream>
#include <random>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/store/files.h"
#include "daemon/store/gather.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

using store::Journal;

Journal::Options journal_in(const TemporaryDirectory& directory) {
  Journal::Options options;
  options.path = directory.path() / "journal";
  options.capacity = 256U << 10U;
  options.database = 42;
  return options;
}

void append_some(Journal& journal, int count) {
  for (int i = 0; i < count; ++i) {
    core::ReadingBatch batch;
    batch.add(reading(1, i, i));
    ASSERT_TRUE(journal.append(batch));
  }
}

std::size_t held(const Journal& journal) {
  return store::gather(journal, journal.committed(), journal.written(), SIZE_MAX).points.size();
}

void overwrite(const std::filesystem::path& path, std::uint64_t offset, const void* bytes, std::size_t size) {
  const core::Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(pwrite(file.get(), bytes, size, static_cast<off_t>(offset)), static_cast<ssize_t>(size));
}

TEST(Journal, TakesUpWhatAnEarlierLifeLeft) {
  const TemporaryDirectory directory;
  append_some(**Journal::open(journal_in(directory), quiet()), 5);
  auto again = Journal::open(journal_in(directory), quiet());
  ASSERT_TRUE(again);
  EXPECT_EQ(held(**again), 5U);
}

TEST(Journal, ReleasesWhatTheDatabaseHasAlready) {
  const TemporaryDirectory directory;
  auto options = journal_in(directory);
  {
    auto journal = *Journal::open(options, quiet());
    append_some(*journal, 5);
    options.committed = journal->written();
    append_some(*journal, 3);
  }
  EXPECT_EQ(held(**Journal::open(options, quiet())), 3U);
}

// release() makes holes before it says so: whoever is killed between the two leaves them in front of readings that only
// the journal has.
TEST(Journal, LosesNothingWhenAReleaseWasCutShort) {
  const TemporaryDirectory directory;
  auto options = journal_in(directory);
  {
    auto journal = *Journal::open(options, quiet());
    append_some(*journal, 2'000);
    options.committed = journal->written();
    append_some(*journal, 3);
  }
  ASSERT_GT(options.committed, store::kJournalStep);
  const core::Fd file(::open(options.path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(fallocate(file.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, store::kJournalHeaderBytes,
                      store::kJournalStep),
            0);
  EXPECT_EQ(held(**Journal::open(options, quiet())), 3U);
}

TEST(Journal, GoesRoundManyTimes) {
  const TemporaryDirectory directory;
  auto journal = *Journal::open(journal_in(directory), quiet());
  std::mt19937 random(3);
  std::int64_t next = 0;
  for (int round = 0; round < 300; ++round) {
    core::ReadingBatch batch;
    const auto size = random() % 900;
    for (std::uint32_t i = 0; i < size; ++i) {
      batch.add_text(reading(1, next++, 0), std::string(random() % 60, 'x'));
    }
    ASSERT_TRUE(journal->append(batch));
    const auto back = store::gather(*journal, journal->committed(), journal->written(), SIZE_MAX);
    ASSERT_EQ(back.damaged, 0U);
    ASSERT_EQ(back.points.size(), size);
    if (size > 0) {
      ASSERT_EQ(back.points.back().time, next - 1);
    }
    journal->release(journal->written());
  }
  EXPECT_GT(journal->written(), 20 * journal->capacity());
}

TEST(Journal, IgnoresATornTail) {
  const TemporaryDirectory directory;
  std::uint64_t second_last = 0;
  {
    auto journal = *Journal::open(journal_in(directory), quiet());
    append_some(*journal, 4);
    second_last = journal->written();
    append_some(*journal, 1);
  }
  const char garbage = 0x55;
  overwrite(journal_in(directory).path, store::kJournalHeaderBytes + second_last + 30, &garbage, 1);
  auto journal = Journal::open(journal_in(directory), quiet());
  ASSERT_TRUE(journal);
  EXPECT_EQ(held(**journal), 4U);
  append_some(**journal, 2);
  EXPECT_EQ(held(**journal), 6U);
}

TEST(Journal, SetsAsideWhatIsAnotherDatabasesOrNoJournal) {
  const TemporaryDirectory directory;
  auto options = journal_in(directory);
  append_some(**Journal::open(options, quiet()), 5);
  options.database = 43;
  EXPECT_EQ(held(**Journal::open(options, quiet())), 0U);
  EXPECT_TRUE(std::filesystem::exists(options.path.string() + ".foreign"));
  std::ofstream(options.path, std::ios::trunc) << "no journal";
  EXPECT_EQ(held(**Journal::open(options, quiet())), 0U);
}

TEST(Journal, IsRefusedToASecondProcess) {
  const TemporaryDirectory directory;
  auto first = Journal::open(journal_in(directory), quiet());
  auto second = Journal::open(journal_in(directory), quiet());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, core::ErrorCode::kConflict);
}

TEST(Journal, SurvivesAnyGarbage) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const TemporaryDirectory directory;
    append_some(**Journal::open(journal_in(directory), quiet()), 20);
    for (int hit = 0; hit < 4; ++hit) {
      const std::uint64_t offset =
          random() % 2 == 0 ? random() % sizeof(store::JournalHeader) : store::kJournalHeaderBytes + random() % 1200;
      const std::uint64_t garbage = random();
      overwrite(journal_in(directory).path, offset, &garbage, 1 + random() % 8);
    }
    auto journal = Journal::open(journal_in(directory), quiet());
    ASSERT_TRUE(journal) << journal.error().text();
    EXPECT_LE(held(**journal), 20U);
  }
}

}  // namespace
}  // namespace telltale::test
