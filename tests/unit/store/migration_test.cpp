// What earlier versions wrote is there after the first start of this one, before and after it was compacted.
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <sqlite3.h>

#include "daemon/store/files.h"
#include "daemon/store/schema.h"
#include "daemon/store/verify.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

// tests/data/store/versionN.sql is `sqlite3 history.db .dump` of a file that version N made.
void make_version(int version, const store::StoreOptions& options) {
  std::filesystem::create_directories(options.state_dir);
  const std::ifstream file(TELLTALE_SOURCE_DIR "/tests/data/store/version" + std::to_string(version) + ".sql");
  std::stringstream sql;
  sql << file.rdbuf();
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(store::database_path(options.state_dir).c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, sql.str().c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

std::map<std::int64_t, double> first_series() {
  std::map<std::int64_t, double> out;
  for (int n = 0; n < 200; ++n) out[kNow + n * kSecond] = 20 + n / 10.0;
  for (int i = 0; i < 30; ++i) out[kNow + (i - 5000) * kSecond] = -1.0 * i;  // late
  out[kNow + 5 * kSecond] = 99;                                              // late, and of a time that was there
  out[kNow + 105 * kSecond] = 98;
  return out;
}

void expect_everything(store::Store& store) {
  const Rows rows = all_rows(store, 1);
  const auto wanted = first_series();
  ASSERT_EQ(rows.size(), wanted.size());
  std::size_t i = 0;
  for (const auto& [time, value] : wanted) {
    EXPECT_EQ(rows[i].first, time);
    EXPECT_EQ(std::bit_cast<double>(rows[i++].second), value);
  }
  const Rows waves = all_rows(store, 2);
  ASSERT_EQ(waves.size(), 200U);
  for (int n = 0; n < 200; ++n) {
    const double value = std::bit_cast<double>(waves[static_cast<std::size_t>(n)].second);
    EXPECT_EQ(std::isnan(value), n % 50 == 49);
    EXPECT_TRUE(n % 50 == 49 || value == std::sin(n)) << n;
  }
  auto events = store.query(raw_query({series(3, core::SeriesKind::kEvent)}));
  ASSERT_TRUE(events);
  ASSERT_EQ(events->series[0].texts.size(), 10U);
  EXPECT_EQ(events->series[0].texts[9], "event 180");
  EXPECT_EQ(all_rows(store, 4).size(), 8U);
}

TEST(Migration, BringsVersion1ForwardAndCompactsIt) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(1'700'000'200'000));
  const auto options = options_in(directory);
  make_version(1, options);
  auto store = open_store(options, clock);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->series().size(), 4U);
  expect_everything(*store);
  ASSERT_TRUE(append_one(*store, 5, kNow + 200 * kSecond, 1));
  ASSERT_TRUE(store->commit_now());
  expect_everything(*store);
  EXPECT_EQ(store->stats().samples, 230U + 200U + 10U + 8U + 1U);
  store.reset();
  store = open_store(options, clock);
  expect_everything(*store);
  EXPECT_EQ(store->stats().samples, 230U + 200U + 10U + 8U + 1U);
}

// Segments, a late block, and a commit in the tail.
TEST(Migration, BringsVersion2Forward) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(1'700'000'400'000));
  const auto options = options_in(directory);
  make_version(2, options);
  auto store = open_store(options, clock);
  ASSERT_NE(store, nullptr);
  for (const bool again : {false, true}) {
    if (again) {
      store.reset();
      store = open_store(options, clock);
    }
    ASSERT_EQ(store->series().size(), 3U);
    EXPECT_EQ(store->series()[0]->key_text, "plant.temp");
    const Rows rows = all_rows(*store, 1);
    ASSERT_EQ(rows.size(), 30U + 230U);
    EXPECT_EQ(rows.front().first, kNow - 5000 * kSecond);
    EXPECT_EQ(std::bit_cast<double>(rows[29].second), -29);
    for (std::size_t n = 0; n < 230; ++n) {
      EXPECT_EQ(rows[30 + n].first, kNow + static_cast<std::int64_t>(n) * kSecond);
      EXPECT_EQ(std::bit_cast<double>(rows[30 + n].second), n == 5 ? 99 : 20 + static_cast<double>(n) / 10);
    }
    EXPECT_EQ(all_rows(*store, 2).size(), 200U);
    auto events = store->query(raw_query({series(3, core::SeriesKind::kEvent)}));
    ASSERT_TRUE(events);
    ASSERT_EQ(events->series[0].texts.size(), 10U);
    EXPECT_EQ(events->series[0].texts[9], "event 180");
  }
}

// An update that somebody regrets: what it was is there, for the version before, and for thirty days.
TEST(Migration, LeavesAWayBackForThirtyDays) {
  const TemporaryDirectory directory;
  ManualClock clock(core::from_ms(1'700'000'400'000));
  const auto options = options_in(directory);
  const std::filesystem::path kept = std::filesystem::path(options.state_dir) / "before-schema-2";
  make_version(2, options);
  auto store = open_store(options, clock);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(append_one(*store, 1, kNow + 300 * kSecond, 1));
  ASSERT_TRUE(store->commit_now());
  store.reset();
  auto before = store::Database::open(store::database_path(kept), store::Database::Access::kReadOnly, "");
  ASSERT_TRUE(before);
  EXPECT_EQ(store::known_version(*before).value(), 2);
  const auto report = store::verify_file(store::database_path(kept));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_FALSE(std::filesystem::exists(kept / "history.new"));

  const auto live_for = [&](core::WallTime now) {
    clock.step_wall(now - clock.wall_now());
    auto again = open_store(options, clock);
    ASSERT_NE(again, nullptr);
    ASSERT_TRUE(append_one(*again, 1, kNow + 301 * kSecond, 1));
    ASSERT_TRUE(again->commit_now());
  };
  const auto today = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const core::WallTime made = core::from_ms(today.time_since_epoch().count());
  live_for(made + std::chrono::hours(24 * 29));
  EXPECT_TRUE(std::filesystem::exists(kept));
  clock.set_synchronised(false);
  live_for(made + std::chrono::hours(24 * 300));
  EXPECT_TRUE(std::filesystem::exists(kept)) << "who knows what day it is";
  clock.set_synchronised(true);
  live_for(made + std::chrono::hours(24 * 31));
  EXPECT_FALSE(std::filesystem::exists(kept));
}

TEST(Migration, OfANewHistoryOrOneOfThisVersionNothingIsCopied) {
  const TemporaryDirectory directory;
  const ManualClock clock(core::from_ms(1'700'000'400'000));
  const auto options = options_in(directory);
  for (int i = 0; i < 2; ++i) ASSERT_NE(open_store(options, clock), nullptr);
  for (const auto& entry : std::filesystem::directory_iterator(options.state_dir)) {
    EXPECT_FALSE(entry.is_directory()) << entry.path();
  }
}

}  // namespace
}  // namespace telltale::test
