#include <atomic>
#include <random>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/host/sanitizers.h"
#include "daemon/store/files.h"
#include "daemon/store/verify.h"
#include "tests/unit/store/store_fixture.h"

namespace telltale::test {
namespace {

constexpr std::int64_t kStep = 1'000'000;

// What the child has been promised: shared with the parent, so that it outlives the kill.
struct Promised {
  std::atomic<std::int64_t> readings{0};
};

[[noreturn]] void append_until_killed(const store::StoreOptions& options, Promised& promised, std::int64_t begin) {
  const core::SystemClock clock;
  auto store = store::Store::open(options, clock, quiet());
  if (!store) _exit(1);
  for (std::int64_t i = begin;;) {
    core::ReadingBatch batch;
    for (int k = 0; k < 7; ++k) batch.add(reading(1, (i + k) * kStep, static_cast<double>(i + k)));
    if (!(*store)->append(batch)) continue;  // full for a moment
    i += 7;
    promised.readings.store(i);
  }
}

// TELLTALE_KILLS=1000: the long form.
int kills_wanted() {
  const char* text = std::getenv("TELLTALE_KILLS");
  return text == nullptr ? (host::kSanitized ? 30 : 100) : static_cast<int>(std::strtol(text, nullptr, 10));
}

TEST(Kill, LosesNothingAndKeepsNothingTwice) {
  void* shared = mmap(nullptr, sizeof(Promised), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto& promised = *new (shared) Promised;
  const TemporaryDirectory directory;
  auto options = options_in(directory);
  options.commit = std::chrono::milliseconds(3);
  options.journal_bytes = 256U << 10U;
  std::mt19937 random(20240229);
  std::int64_t held = 0;
  const int rounds = kills_wanted();
  for (int round = 0; round < rounds; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_until_killed(options, promised, held);
    // Any moment will do: the first readings and then some more, or none.
    const std::int64_t target = held + static_cast<std::int64_t>(random() % 2000);
    while (promised.readings.load() < target && waitpid(child, nullptr, WNOHANG) == 0) usleep(100);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const core::SystemClock clock;
    auto store = open_store(options, clock);
    ASSERT_NE(store, nullptr);
    const Rows rows = all_rows(*store, 1);
    held = static_cast<std::int64_t>(rows.size());
    ASSERT_GE(held, promised.readings.load());
    ASSERT_LE(held, promised.readings.load() + 7) << "at most the batch that was being told";
    ASSERT_EQ(store->stats().samples, rows.size()) << "replayed twice";
    for (std::int64_t i = 0; i < held; ++i) {
      ASSERT_EQ(rows[static_cast<std::size_t>(i)].first, i * kStep);
      ASSERT_EQ(rows[static_cast<std::size_t>(i)].second, std::bit_cast<std::uint64_t>(static_cast<double>(i)));
    }
    promised.readings.store(held);
    const auto report = store::verify_file(store::database_path(options.state_dir));
    ASSERT_TRUE(report && report->findings.empty()) << "round " << round;
  }
  EXPECT_GT(held, 1000);
  munmap(shared, sizeof(Promised));
}

}  // namespace
}  // namespace telltale::test
