// The power fails, or an operation does, at every operation of a workload with commits, compactions, checkpoints and
// deletions. TELLTALE_POWER_CUTS=N: at least N cuts instead of one round of the workload.
#include <array>
#include <cstdlib>
#include <memory>
#include <random>

#include "daemon/host/sanitizers.h"
#include "daemon/store/committer.h"
#include "daemon/store/query.h"
#include "daemon/store/verify.h"
#include "tests/unit/store/power_vfs.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kPerCommit = 40;

class Machine {
 public:
  explicit Machine(std::uint64_t seed) : random_(seed) {
    options_.state_dir = "power";
    options_.vfs = PowerDisk::kName;
    options_.budget = 600'000;
    journal_options_.path = directory_.path() / "journal";
    journal_options_.capacity = 256U << 10U;
  }
  [[nodiscard]] bool open() {
    journal_.reset();
    auto opened = store::Committer::open(options_, clock_);
    if (!opened) return false;
    committer_ = std::move(*opened);
    journal_options_.committed = committer_->position();
    auto journal = store::Journal::create(journal_options_);
    EXPECT_TRUE(journal) << journal.error().text();
    if (journal) journal_ = std::move(*journal);
    // As the writer does: what a failed sync may have left unsaid is written again.
    return committer_->checkpoint_all().has_value();
  }
  void close() { committer_.reset(); }

  // False: it failed, and the committer is gone.
  bool commit() {
    core::ReadingBatch batch;
    for (int i = 0; i < kPerCommit; ++i) {
      const auto time = kNow + (appended_ + i) * kSecond;
      batch.add(reading(1, time, static_cast<double>(appended_ + i)));
      batch.add(reading(2, time, std::bit_cast<double>(random_() >> 2U)));
    }
    const auto position = journal_->append(batch);
    EXPECT_TRUE(position);
    appended_ += kPerCommit;
    clock_.advance(std::chrono::seconds(kPerCommit));
    store::Committer::Forgotten forgotten;
    auto report = committer_->commit(*journal_, journal_->committed(), journal_->written());
    if (report) {
      promised_ = appended_;
      journal_->release(report->position);
    }
    const bool good = report.has_value() && committer_->maintain(forgotten).has_value();
    if (!good) committer_.reset();
    return good;
  }
  // Everything up to what was promised, and nothing half.
  void check(const std::string& what) {
    auto database = store::Database::open("power/history.db", store::Database::Access::kReadOnly, PowerDisk::kName);
    ASSERT_TRUE(database) << what;
    auto report = store::verify(*database);
    ASSERT_TRUE(report) << what << report.error().text();
    ASSERT_TRUE(report->findings.empty()) << what << report->findings.front().what;
    store::ReleaseGate gate;
    const auto query = raw_query({series(1), series(2)});
    auto result = store::QueryRun(query, *database, *journal_, gate).run();
    ASSERT_TRUE(result) << what << result.error().text();
    for (const auto& one : result->series) {
      ASSERT_FALSE(one.times.empty()) << what;
      const std::int64_t last = (one.times.back().time_since_epoch().count() - kNow) / kSecond + 1;
      ASSERT_GE(last, promised_) << what;
      ASSERT_LE(last, appended_) << what;
      ASSERT_EQ(last % kPerCommit, 0) << what << "half a commit";
      const std::int64_t first = (one.times.front().time_since_epoch().count() - kNow) / kSecond;
      ASSERT_EQ(static_cast<std::int64_t>(one.times.size()), last - first) << what << "a gap";
    }
    const auto held = (result->series[0].times.back().time_since_epoch().count() - kNow) / kSecond + 1;
    appended_ = promised_ = held;
  }
  void run(int commits) {
    for (int i = 0; i < commits && commit(); ++i) continue;
  }
  [[nodiscard]] bool running() const { return committer_ != nullptr; }
  [[nodiscard]] std::int64_t appended() const { return appended_; }
  void set_appended(std::int64_t count) { appended_ = promised_ = count; }

 private:
  const TemporaryDirectory directory_;
  ManualClock clock_{core::from_ms(kNow / 1'000'000)};
  store::StoreOptions options_;
  store::Journal::Options journal_options_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<store::Committer> committer_;
  std::mt19937_64 random_;
  std::int64_t appended_ = 0;
  std::int64_t promised_ = 0;
};

constexpr int kBefore = 800;  // commits until the budget is full and the oldest goes
constexpr int kDuring = 90;   // with compactions, checkpoints and deletions among them

std::int64_t cuts_wanted() {
  const char* text = std::getenv("TELLTALE_POWER_CUTS");
  return text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
}

class PowerCut : public ::testing::TestWithParam<Fault> {};

TEST_P(PowerCut, LosesNothingThatWasPromised) {
  PowerDisk disk;
  Machine first(1);
  ASSERT_TRUE(first.open());
  first.run(kBefore);
  ASSERT_TRUE(first.running());
  first.close();
  const auto image = disk.image();
  const std::int64_t held = first.appended();
  const std::int64_t wanted = cuts_wanted();
  const int stride = wanted != 0 ? 1 : (GetParam() != Fault::kPowerCut ? 9 : host::kSanitized ? 15 : 3);
  std::int64_t cuts = 0;
  for (std::uint64_t seed = 1; seed == 1 || cuts < wanted; ++seed) {
    bool fired = true;
    for (std::int64_t k = 1 + static_cast<std::int64_t>(seed) % stride; fired; k += stride) {
      disk.restore(image);
      Machine machine(seed);
      machine.set_appended(held);
      const std::string what = "seed " + std::to_string(seed) + " operation " + std::to_string(k) + ": ";
      disk.arm(GetParam(), k);
      if (machine.open()) machine.run(kDuring);
      fired = disk.fired();
      machine.close();
      if (GetParam() == Fault::kPowerCut) disk.reboot(seed * 1'000'003 + static_cast<std::uint64_t>(k));
      disk.arm(Fault::kNone, 0);
      ASSERT_TRUE(machine.open()) << what;
      ASSERT_NO_FATAL_FAILURE(machine.check(what));
      machine.run(2);
      ASSERT_TRUE(machine.running()) << what;
      machine.close();
      // The machine that went on after a fault has its power cut now.
      disk.reboot(seed);
      ASSERT_TRUE(machine.open()) << what;
      ASSERT_NO_FATAL_FAILURE(machine.check(what + "and then the power: "));
      machine.close();
      ++cuts;
    }
  }
  EXPECT_EQ(disk.syncs_after_failure(), 0);
  EXPECT_GT(cuts, 10);
  RecordProperty("cuts", std::to_string(cuts));
}

std::string name_of(const ::testing::TestParamInfo<Fault>& which) {
  static constexpr std::array kNames = {"None", "Cut", "Write", "Full", "Sync", "Read"};
  return kNames.at(static_cast<std::size_t>(which.param));
}

INSTANTIATE_TEST_SUITE_P(Faults, PowerCut,
                         ::testing::Values(Fault::kPowerCut, Fault::kWriteFails, Fault::kDiskFull, Fault::kSyncFails,
                                           Fault::kShortRead),
                         name_of);

}  // namespace
}  // namespace telltale::test
