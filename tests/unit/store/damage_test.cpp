// A history with damaged pages: what can be read is read, what cannot is told, and a copy of it is sound.
#include <cstdint>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "daemon/store/copy_builder.h"
#include "daemon/store/copy_reader.h"
#include "daemon/store/files.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/tier_codec.h"
#include "daemon/store/verify.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kSeries = 6;
constexpr int kReadings = 3000;  // of each

// Bits that no codec makes small: a value between 1 and 2.
double value_of(int series, int n) {
  std::uint64_t bits = static_cast<std::uint64_t>(series) * 1'000'003 + static_cast<std::uint64_t>(n + 1000);
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return std::bit_cast<double>((bits >> 12U) | 0x3ff0000000000000U);
}

// A store with some hundred pages of segments, late blocks and a tail; closed, in one file.
void fill(const store::StoreOptions& options, const core::Clock& clock) {
  auto store = open_store(options, clock);
  ASSERT_NE(store, nullptr);
  for (int id = 1; id <= kSeries; ++id) store->declare(*series(static_cast<std::uint32_t>(id)));
  for (int begin = 0; begin < kReadings; begin += 500) {
    core::ReadingBatch batch;
    for (int n = begin; n < begin + 500; ++n) {
      for (int id = 1; id <= kSeries; ++id) {
        batch.add(reading(static_cast<std::uint32_t>(id), kBegin + n * kSecond, value_of(id, n)));
      }
    }
    ASSERT_TRUE(store->append(batch));
    ASSERT_TRUE(store->commit_now());
  }
  store.reset();  // which compacts: what is older now comes late
  store = open_store(options, clock);
  ASSERT_NE(store, nullptr);
  core::ReadingBatch late;
  for (int n = 100; n < 499; ++n) late.add(reading(1, kBegin - n * kSecond, value_of(1, -n)));
  ASSERT_TRUE(store->append(late));
  ASSERT_TRUE(store->commit_now());
  store->close();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

struct Answer {
  std::uint64_t good = 0;
  std::uint64_t wrong = 0;  // readings that never were
  std::uint64_t damaged = 0;
  bool opened = false;
};

Answer ask(const store::StoreOptions& options, const core::Clock& clock) {
  Answer answer;
  auto store = store::Store::open(options, clock, quiet());
  if (!store) return answer;
  answer.opened = true;
  core::HistoryQuery query;
  query.series = (*store)->series();
  query.from = at(kBegin - 1000 * kSecond);
  query.to = at(kBegin + kReadings * kSecond);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  const auto result = (*store)->query(query);
  EXPECT_TRUE(result) << result.error().text();
  if (!result) return answer;
  answer.damaged = result->damaged;
  for (const core::HistorySeries& one : result->series) {
    const int id = static_cast<int>(one.series->id.value);
    for (std::size_t i = 0; i < one.times.size(); ++i) {
      const auto n = (one.times[i].time_since_epoch().count() - kBegin) / kSecond;
      const bool right = id >= 1 && id <= kSeries &&
                         std::bit_cast<std::uint64_t>(one.values[0][i]) ==
                             std::bit_cast<std::uint64_t>(value_of(id, static_cast<int>(n)));
      ++(right ? answer.good : answer.wrong);
    }
  }
  return answer;
}

core::Result<std::uint64_t> copy(const std::string& from, const std::string& to) {
  std::filesystem::remove(to);
  auto reader = store::CopyReader::open(from, "");
  if (!reader) return reader.error();
  auto builder = store::CopyBuilder::create(to);
  if (!builder) return builder.error();
  for (;;) {
    auto piece = (*reader)->next();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    if (auto taken = builder->take(*piece); !taken) return taken.error();
  }
  if (auto done = builder->finish(false); !done) return done.error();
  return builder->findings().size();
}

class Damage : public testing::Test {
 protected:
  void SetUp() override {
    options_ = options_in(directory_);
    fill(options_, clock_);
    path_ = store::database_path(options_.state_dir);
    sound_ = read_file(path_);
    ASSERT_GT(sound_.size(), 60U * 1024);
  }
  // The sound file with `change` made to it, and nothing beside it.
  void damage(const std::function<void(std::string&)>& change) {
    std::string bytes = sound_;
    change(bytes);
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
    std::filesystem::remove_all(options_.run_dir);
    write_file(path_, bytes);
  }

  static constexpr std::uint64_t kInSegments = std::uint64_t{kSeries} * kReadings;
  static constexpr std::uint64_t kAll = kInSegments + 399;
  TemporaryDirectory directory_;
  store::StoreOptions options_;
  ManualClock clock_{at(kBegin + kReadings * kSecond)};
  std::string path_;
  std::string sound_;
};

TEST_F(Damage, IsNotThereBeforeItIsMade) {
  const Answer answer = ask(options_, clock_);
  EXPECT_EQ(answer.good, kAll);
  EXPECT_EQ(answer.wrong, 0U);
  EXPECT_EQ(answer.damaged, 0U);
  const auto report = store::verify_file(path_);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->readings, kAll);
}

// Every page of the file in turn is overwritten: whatever it was, nothing that is read is wrong, verify finds it unless
// the page was empty, and a copy is sound. A few pages say where everything is: without those nothing is read.
TEST_F(Damage, OfAnyPageCostsLittle) {
  const std::size_t pages = sound_.size() / 1024;
  std::uint64_t least = kAll;
  std::uint64_t found = 0;
  std::uint64_t refused = 0;
  for (std::size_t page = 0; page < pages; ++page) {
    damage([&](std::string& bytes) {
      for (std::size_t i = 0; i < 1024; ++i) bytes[page * 1024 + i] = static_cast<char>(0xa5 ^ (i * 7));
    });
    const auto report = store::verify_file(path_);
    if (!report) {
      EXPECT_EQ(report.error().code, core::ErrorCode::kCorrupt) << page << report.error().text();
      EXPECT_FALSE(ask(options_, clock_).opened);
      ++refused;
      continue;
    }
    if (report->findings.empty()) continue;  // on the free list
    ++found;
    const std::string saved = (directory_.path() / "saved.db").string();
    const auto findings = copy(path_, saved);
    ASSERT_TRUE(findings) << page << findings.error().text();
    const auto again = store::verify_file(saved);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->findings.empty()) << page << again->findings.front().what;
    const Answer answer = ask(options_, clock_);
    if (!answer.opened) {  // the one page of meta: which is told, and mended by the copy
      ++refused;
      continue;
    }
    EXPECT_EQ(answer.wrong, 0U) << page;
    least = std::min(least, answer.good);
  }
  EXPECT_GT(found, pages / 2);
  EXPECT_LE(refused, 8U);
  // The root of the segments' tree is one page, and without it there is no way to any of them.
  EXPECT_GE(least, kAll - kInSegments);
}

TEST_F(Damage, OfOneByteCostsOneBlock) {
  std::mt19937 random(7);  // NOLINT: the same damage every time
  std::uint64_t hit = 0;
  for (int round = 0; round < 150; ++round) {
    const std::size_t place = 1024 + random() % (sound_.size() - 1024);
    const auto bit = static_cast<char>(1U << (random() % 8));
    damage([&](std::string& bytes) { bytes[place] = static_cast<char>(bytes[place] ^ bit); });
    const auto report = store::verify_file(path_);
    if (!report) continue;  // a byte of the schema, or of the first page
    const Answer answer = ask(options_, clock_);
    if (!answer.opened) continue;
    EXPECT_EQ(answer.wrong, 0U) << place;
    if (answer.good < kAll) {
      ++hit;
      EXPECT_FALSE(report->findings.empty()) << place << ": something is missing, and verify says nothing";
    }
  }
  EXPECT_GT(hit, 20U);
}

TEST_F(Damage, IsToldWithSeriesAndSpan) {
  // In the middle of a blob: the block's checksum is wrong, and its row can be read.
  std::size_t place = 0;
  {
    auto database = store::Database::open(path_, store::Database::Access::kReadOnly, "");
    ASSERT_TRUE(database);
    auto row = database->prepare("SELECT substr(data, length(data) / 2, 16) FROM segment ORDER BY id LIMIT 1 OFFSET 2");
    ASSERT_TRUE(row);
    ASSERT_TRUE(*row->step());
    place = sound_.find(std::string(row->blob(0)));
    ASSERT_NE(place, std::string::npos);
  }
  damage([&](std::string& bytes) { bytes[place] = static_cast<char>(bytes[place] ^ 1); });
  const auto report = store::verify_file(path_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->findings.size(), 1U);
  const store::Finding& finding = report->findings.front();
  EXPECT_NE(finding.what.find("segment"), std::string::npos);
  EXPECT_FALSE(finding.series.empty());
  EXPECT_EQ(finding.series.front().rfind("series", 0), 0U);
  ASSERT_TRUE(finding.span);
  EXPECT_GE(finding.span->first, kBegin - 400 * kSecond);
  EXPECT_LT(finding.span->second, kBegin + kReadings * kSecond);
  const Answer answer = ask(options_, clock_);
  EXPECT_EQ(answer.damaged, 1U);
  EXPECT_GT(answer.good, kAll / 2);
}

// A whole leaf of small rows: the ids behind it are found.
TEST_F(Damage, RowScanGoesAroundALeaf) {
  const std::string path = (directory_.path() / "scan.db").string();
  auto database = store::Database::open(path, store::Database::Access::kReadWrite, "");
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute(
      "PRAGMA page_size=1024; PRAGMA journal_mode=DELETE; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
      "INSERT INTO t SELECT i * 3, 'row number ' || i FROM n;"));
  database = core::make_error(core::ErrorCode::kInternal, "closed");
  const std::string sound = read_file(path);
  const std::size_t pages = sound.size() / 1024;
  for (std::size_t page = 3; page < pages; page += 7) {
    std::string bytes = sound;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page * 1024), 1024, '\x77');
    write_file(path, bytes);
    auto damaged = store::Database::open(path, store::Database::Access::kReadOnly, "");
    ASSERT_TRUE(damaged);
    store::RowScan rows(*damaged, "t", "a", 0);
    std::set<std::int64_t> ids;
    int gaps = 0;
    for (;;) {
      auto row = rows.next([&](const store::RowScan::Gap&) { ++gaps; });
      ASSERT_TRUE(row) << row.error().text();
      if (!*row) break;
      const std::int64_t id = rows.row().integer(0);
      EXPECT_TRUE(ids.insert(id).second) << "row " << id << " came twice";
      EXPECT_EQ(rows.row().text(1), "row number " + std::to_string(id / 3));
    }
    EXPECT_GT(ids.size(), 4900U) << page;
    EXPECT_LE(gaps, 1) << page;
  }
}

TEST(Copy, RefusesEverythingElse) {
  const TemporaryDirectory directory;
  const auto path = [&] { return (directory.path() / "out.db").string(); };
  for (const std::string& bytes : {std::string("nothing"), std::string(100, '\0'), std::string("TLLTCOPY\x02\x02"),
                                   std::string("TLLTCOPY\x01\x63"), std::string("TLLTCOPY\x01\x02\x09"),
                                   std::string("TLLTCOPY\x01\x02\x01\x09")}) {
    std::filesystem::remove(path());
    auto builder = store::CopyBuilder::create(path());
    ASSERT_TRUE(builder);
    auto done = builder->take(bytes);
    if (done) done = builder->finish(false);
    EXPECT_FALSE(done) << bytes;
  }
  EXPECT_FALSE(store::CopyBuilder::create(path())) << "a file that is there is not written over";
}

TEST(Copy, TakesTiersAndLeavesTheirDamage) {
  const TemporaryDirectory directory;
  const std::string from = (directory.path() / "tiers.db").string();
  store::Bucket bucket;
  bucket.number = 7;
  bucket.add({7 * kSecond, 1.5});
  const std::string sound = store::encode_tier({{core::SeriesId{1}, {{bucket, {}}}}}, store::kTierSecond);
  {
    auto database = store::Database::open(from, store::Database::Access::kReadWrite, "");
    ASSERT_TRUE(database);
    ASSERT_TRUE(store::make_tables(*database, store::kSchemaVersion));
    ASSERT_TRUE(store::make_tiers(*database));
    ASSERT_TRUE(database->execute("INSERT INTO meta VALUES('tier_1', 5)"));
    for (const std::string& data : {sound, std::string("damaged"), sound}) {
      auto insert =
          database->prepare("INSERT INTO tier(level, first, last, chunk, low, high, data) VALUES(?,0,9,1,1,1,?)");
      ASSERT_TRUE(insert);
      ASSERT_TRUE(insert->bind(1, store::kTierSecond).bind_blob(2, data).run());
    }
  }
  const auto report = store::verify_file(from);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->findings.size(), 1U);
  EXPECT_EQ(report->findings.front().what.rfind("tier 2: ", 0), 0U) << report->findings.front().what;
  const std::string to = (directory.path() / "copy.db").string();
  const auto copied = copy(from, to);
  ASSERT_TRUE(copied) << copied.error().text();
  EXPECT_EQ(*copied, 1U);
  auto database = store::Database::open(to, store::Database::Access::kReadOnly, "");
  ASSERT_TRUE(database);
  EXPECT_EQ(*database->integer("SELECT count(*) FROM tier"), 2);
  EXPECT_EQ(*database->integer("SELECT value FROM meta WHERE name = 'tier_1'"), 5);
  EXPECT_TRUE(store::verify_file(to)->findings.empty());
}

// A file that nobody has brought forward yet: its copy is of its version, and is brought forward like itself.
TEST(Copy, KeepsAnOlderVersion) {
  for (const char* version : {"version1", "version2"}) {
    const TemporaryDirectory directory;
    const std::string from = (directory.path() / "old.db").string();
    const std::string sql = read_file(std::string(TELLTALE_SOURCE_DIR "/tests/data/store/") + version + ".sql");
    {
      auto database = store::Database::open(from, store::Database::Access::kReadWrite, "");
      ASSERT_TRUE(database);
      ASSERT_TRUE(database->execute(sql.c_str())) << version;
    }
    const auto before = store::verify_file(from);
    ASSERT_TRUE(before) << before.error().text();
    EXPECT_TRUE(before->findings.empty()) << before->findings.front().what;
    auto options = options_in(directory);
    std::filesystem::create_directories(options.state_dir);
    const auto copied = copy(from, store::database_path(options.state_dir));
    ASSERT_TRUE(copied) << copied.error().text();
    EXPECT_EQ(*copied, 0U);
    const auto report = store::verify_file(store::database_path(options.state_dir));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->schema, before->schema);
    EXPECT_EQ(report->readings, before->readings);
    EXPECT_GT(report->readings, 100U);
    const ManualClock clock;
    const auto store = open_store(options, clock);
    ASSERT_NE(store, nullptr);
    EXPECT_FALSE(store->series().empty());
    EXPECT_GT(all_rows(*store, store->series().front()->id.value).size(), 10U);
  }
}

// Whatever is cut off, and however the bytes are torn apart.
TEST_F(Damage, ACopyIsWholeOrNone) {
  auto reader = store::CopyReader::open(path_, "");
  ASSERT_TRUE(reader);
  std::string all;
  for (;;) {
    auto piece = (*reader)->next();
    ASSERT_TRUE(piece);
    if (piece->empty()) break;
    all += *piece;
  }
  const std::string to = (directory_.path() / "copy.db").string();
  std::mt19937 random(3);  // NOLINT: the same cuts every time
  for (int round = 0; round < 12; ++round) {
    const std::size_t end = round == 0 ? all.size() : random() % all.size();
    std::filesystem::remove(to);
    auto builder = store::CopyBuilder::create(to);
    ASSERT_TRUE(builder);
    core::Result<void> done;
    for (std::size_t at = 0; at < end && done;) {
      const std::size_t size = std::min<std::size_t>(end - at, 1 + random() % 3000);
      done = builder->take(std::string_view(all).substr(at, size));
      at += size;
    }
    if (done) done = builder->finish(false);
    EXPECT_EQ(done.has_value(), end == all.size()) << end;
    if (!done) continue;
    const auto report = store::verify_file(to);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->readings, kAll);
    EXPECT_TRUE(report->findings.empty());
  }
}

TEST_F(Damage, ALostNameIsNotGivenToAnother) {
  damage([](std::string&) {});
  {
    auto database = store::Database::open(path_, store::Database::Access::kReadWrite, "");
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("UPDATE series SET key='{' WHERE id=4"));  // no key: as a flipped byte makes it
  }
  auto store = open_store(options_, clock_);
  ASSERT_NE(store, nullptr);
  std::map<std::uint32_t, std::string> keys;
  for (const auto& one : store->series()) keys[one->id.value] = one->key_text;
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(kSeries));
  EXPECT_EQ(keys[4], "lost.series_4");
  EXPECT_EQ(keys[5], "series5");
}

}  // namespace
}  // namespace telltale::test
