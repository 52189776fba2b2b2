// Times that a wrong clock gave are corrected once, wherever the readings are by then.
#include <memory>

#include <sqlite3.h>

#include "daemon/store/committer.h"
#include "daemon/store/files.h"
#include "daemon/store/query.h"
#include "daemon/store/verify.h"
#include "tests/unit/store/power_vfs.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kWrong = 1'000'000 * kSecond;      // what the clock said at the start
constexpr std::int64_t kRight = 1'700'000'000 * kSecond;  // what the time was
constexpr std::int64_t kYears = kRight - kWrong;          // the correction
constexpr std::int64_t kHour = 3'600 * kSecond;

core::TimeCorrection correction(std::int64_t from, std::int64_t to, std::int64_t shift) {
  core::TimeCorrection out;
  out.from = at(from);
  out.to = at(to);
  out.shift = core::Duration(shift);
  out.certain = true;
  return out;
}

// Of series 1 the clock gave the times; of series 2 the source.
void append_both(store::Store& store, std::int64_t time, std::int64_t source_time, double value) {
  core::ReadingBatch batch;
  batch.add(reading(1, time, value, core::Quality::kUncertain));
  core::Reading own = reading(2, source_time, value);
  own.by_source = true;
  batch.add(own);
  ASSERT_TRUE(store.append(batch));
}

std::int64_t integer_in(const store::StoreOptions& options, const char* sql) {
  auto database =
      store::Database::open(store::database_path(options.state_dir), store::Database::Access::kReadOnly, "");
  if (!database) return -1;
  auto value = database->integer(sql);
  return value ? *value : -1;
}

void expect_span(store::Store& store, std::uint32_t id, std::int64_t first, std::int64_t last) {
  const auto span = store.span({id});
  ASSERT_TRUE(span) << id;
  EXPECT_EQ(span->first, at(first)) << id;
  EXPECT_EQ(span->last, at(last)) << id;
}

// Rows, the tail, the journal: 30 readings of each series, a second apart.
TEST(Correction, MovesWhatTheClockGaveAndNothingElse) {
  const TemporaryDirectory directory;
  ManualClock clock(core::from_ms(kWrong / 1'000'000));
  const auto options = options_in(directory);
  std::unique_ptr<store::Store> store = open_store(options, clock);
  int n = 0;
  for (const int until : {10, 20, 30}) {
    for (; n < until; ++n) {
      append_both(*store, kWrong + n * kSecond, kWrong + n * kSecond, n);
      clock.advance(std::chrono::seconds(1));
    }
    if (until == 10) {
      store.reset();  // into rows
      store = open_store(options, clock);
    }
    if (until == 20) {
      ASSERT_TRUE(store->commit_now());  // into the tail
    }
  }
  clock.step_wall(core::Duration(kYears));
  ASSERT_TRUE(store->correct_times(correction(kWrong, kWrong + kHour, kYears)));
  append_both(*store, kRight + 30 * kSecond, kRight + 30 * kSecond, 30);
  ASSERT_TRUE(store->commit_now());
  for (const bool again : {false, true}) {
    if (again) {
      store.reset();
      store = open_store(options, clock);
    }
    const Rows moved = all_rows(*store, 1);
    ASSERT_EQ(moved.size(), 31U);
    for (std::size_t i = 0; i < moved.size(); ++i) {
      EXPECT_EQ(moved[i].first, kRight + static_cast<std::int64_t>(i) * kSecond);
      EXPECT_EQ(std::bit_cast<double>(moved[i].second), static_cast<double>(i));
    }
    const Rows own = all_rows(*store, 2);
    ASSERT_EQ(own.size(), 31U);
    EXPECT_EQ(own.front().first, kWrong);
    EXPECT_EQ(own[29].first, kWrong + 29 * kSecond);
    expect_span(*store, 1, kRight, kRight + 30 * kSecond);
    expect_span(*store, 2, kWrong, kRight + 30 * kSecond);
    EXPECT_EQ(store->stats().samples, 62U);
  }
  store.reset();
  const auto report = store::verify_file(store::database_path(options.state_dir));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty()) << report->findings.front().what;
}

TEST(Correction, LeavesEarlierBootsAlone) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(kWrong / 1'000'000));
  const auto options = options_in(directory);
  auto store = open_store(options, clock);
  ASSERT_TRUE(append_one(*store, 1, kWrong + kSecond, 1));
  store.reset();
  std::filesystem::remove_all(options.run_dir);  // the machine boots, and its clock begins where it began before
  store = open_store(options, clock);
  ASSERT_TRUE(append_one(*store, 1, kWrong + 2 * kSecond, 2));
  ASSERT_TRUE(store->correct_times(correction(kWrong, kWrong + kHour, kYears)));
  ASSERT_TRUE(store->commit_now());
  const Rows rows = all_rows(*store, 1);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].first, kWrong + kSecond);
  EXPECT_EQ(rows[1].first, kRight + 2 * kSecond);
  expect_span(*store, 1, kWrong + kSecond, kRight + 2 * kSecond);
}

TEST(Correction, MovesOnlyWhatCameBehindAPosition) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(kWrong / 1'000'000));
  auto store = open_store(options_in(directory), clock);
  const auto before = append_one(*store, 1, kWrong + kSecond, 1);
  ASSERT_TRUE(before);
  ASSERT_TRUE(store->commit_now());
  auto done = correction(kWrong, kWrong + kHour, kYears);
  done.since = *before;
  ASSERT_TRUE(store->correct_times(done));  // finds nothing
  ASSERT_TRUE(append_one(*store, 1, kWrong + 2 * kSecond, 2));
  ASSERT_TRUE(store->correct_times(done));
  ASSERT_TRUE(store->commit_now());
  const Rows rows = all_rows(*store, 1);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].first, kWrong + kSecond);
  EXPECT_EQ(rows[1].first, kRight + 2 * kSecond);
}

TEST(Correction, BringsTheFutureBackSoThatWhatComesIsNotLate) {
  const TemporaryDirectory directory;
  ManualClock clock(core::from_ms((kRight + kYears) / 1'000'000));
  const auto options = options_in(directory);
  auto store = open_store(options, clock);
  for (int n = 0; n < 50; ++n) {
    ASSERT_TRUE(append_one(*store, 1, kRight + kYears + n * kSecond, n));
    clock.advance(std::chrono::seconds(1));
    if (n % 10 == 9) {
      store.reset();
      store = open_store(options, clock);
    }
  }
  clock.step_wall(core::Duration(-kYears));
  ASSERT_TRUE(store->correct_times(correction(kRight + kYears, kRight + kYears + kHour, -kYears)));
  ASSERT_TRUE(store->commit_now());
  const std::int64_t late = integer_in(options, "SELECT count(*) FROM late_block");
  ASSERT_TRUE(append_one(*store, 1, kRight + 50 * kSecond, 50));
  store.reset();
  EXPECT_EQ(integer_in(options, "SELECT count(*) FROM late_block"), late);
  EXPECT_EQ(integer_in(options, "SELECT max(upto) FROM segment"), kRight + 50 * kSecond);
  store = open_store(options, clock);
  const Rows rows = all_rows(*store, 1);
  ASSERT_EQ(rows.size(), 51U);
  EXPECT_EQ(rows.front().first, kRight);
  EXPECT_EQ(rows.back().first, kRight + 50 * kSecond);
  expect_span(*store, 1, kRight, kRight + 50 * kSecond);
}

TEST(Correction, MakesSureWithoutMoving) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(kWrong / 1'000'000));
  const auto options = options_in(directory);
  auto store = open_store(options, clock);
  append_both(*store, kWrong, kWrong, 1);
  ASSERT_TRUE(store->commit_now());
  ASSERT_TRUE(store->correct_times(correction(kWrong, kWrong + kHour, 0)));
  store.reset();
  auto database =
      store::Database::open(store::database_path(options.state_dir), store::Database::Access::kReadOnly, "");
  ASSERT_TRUE(database);
  auto rows = database->prepare("SELECT data FROM segment");
  ASSERT_TRUE(rows);
  ASSERT_TRUE(rows->step());
  std::map<std::uint32_t, store::Mark> marks;
  store::Column column;
  const auto read = store::visit_block(rows->blob(0), [&](const store::BlockHead& head, std::string_view body) {
    auto decoded = store::decode_column(head, body, column);
    marks[head.series.value] = column.mark(0);
    return decoded;
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(marks[1], 0);
  EXPECT_EQ(marks[2], store::kOwnTime);
}

// The daemon ends at every operation of a correction over many chunks; the journal outlives it.
TEST(Correction, HappensOnceWhereverTheDaemonEnds) {
  constexpr int kChunks = 4;
  constexpr int kEach = 40;
  PowerDisk disk;
  const TemporaryDirectory directory;
  ManualClock clock(core::from_ms(kWrong / 1'000'000));
  store::StoreOptions options;
  options.state_dir = "power";
  options.vfs = PowerDisk::kName;
  store::Journal::Options journal_options;
  journal_options.path = directory.path() / "journal";
  journal_options.capacity = 256U << 10U;
  std::unique_ptr<store::Journal> journal;
  const auto commit = [&]() -> bool {
    auto committer = store::Committer::open(options, clock);
    if (!committer) return false;
    if (journal == nullptr) {
      auto made = store::Journal::create(journal_options);
      if (!made) return false;
      journal = std::move(*made);
    }
    if (!(*committer)->checkpoint_all()) return false;
    if ((*committer)->position() > journal->committed()) journal->release((*committer)->position());
    while (journal->committed() < journal->written()) {
      auto report = (*committer)->commit(*journal, journal->committed(), journal->written());
      if (!report) return false;
      journal->release(report->position);
    }
    return (*committer)->finish().has_value();
  };
  ASSERT_TRUE(commit());
  for (int chunk = 0; chunk < kChunks; ++chunk) {
    core::ReadingBatch batch;
    for (int i = 0; i < kEach; ++i) batch.add(reading(1, kWrong + (chunk * kEach + i) * kSecond, i));
    ASSERT_TRUE(journal->append(batch));
    ASSERT_TRUE(commit());
  }
  ASSERT_TRUE(journal->append_correction(correction(kWrong, kWrong + kHour, kYears)));
  const auto image = disk.image();
  const std::uint64_t start = journal->committed();
  int ends = 0;
  for (std::int64_t k = 1, fired = 1; fired != 0; ++k) {
    disk.restore(image);
    std::filesystem::copy_file(journal_options.path, directory.path() / "kept",
                               std::filesystem::copy_options::overwrite_existing);
    disk.arm(Fault::kWriteFails, k);
    const bool done = commit();
    fired = disk.fired() ? 1 : 0;
    EXPECT_TRUE(done || fired != 0);
    disk.arm(Fault::kNone, 0);
    ASSERT_TRUE(commit()) << k;
    store::ReleaseGate gate;
    auto database = store::Database::open("power/history.db", store::Database::Access::kReadOnly, PowerDisk::kName);
    ASSERT_TRUE(database);
    const auto query = raw_query({series(1)});
    auto result = store::QueryRun(query, *database, *journal, gate).run();
    ASSERT_TRUE(result) << k;
    const Rows rows = rows_of(result->series[0]);
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(kChunks * kEach)) << k;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i].first, kRight + static_cast<std::int64_t>(i) * kSecond) << k;
    }
    ++ends;
    // The same journal for the next round.
    journal.reset();
    std::filesystem::copy_file(directory.path() / "kept", journal_options.path,
                               std::filesystem::copy_options::overwrite_existing);
    store::Journal::Options again = journal_options;
    again.committed = start;
    auto taken = store::Journal::open(again, quiet());
    ASSERT_TRUE(taken) << taken.error().text();
    journal = std::move(*taken);
  }
  EXPECT_GT(ends, 20);
}

TEST(Correction, SaysWhenQueriesSeeIt) {
  const TemporaryDirectory directory;
  ManualClock clock(core::from_ms(kWrong / 1'000'000));
  auto options = options_in(directory);
  std::unique_ptr<store::Store> store = open_store(options, clock);
  EXPECT_TRUE(store->corrected());
  append_both(*store, kWrong, kWrong, 1);
  EXPECT_TRUE(store->corrected()) << "a reading is none";
  ASSERT_TRUE(store->correct_times(correction(kWrong, kWrong + kHour, kYears)));
  ASSERT_TRUE(store->commit_now());
  EXPECT_TRUE(store->corrected());
  expect_span(*store, 1, kRight, kRight);
}

}  // namespace
}  // namespace telltale::test
