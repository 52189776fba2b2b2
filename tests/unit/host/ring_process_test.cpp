// A ring between two real processes, either of which is killed.
#include <csignal>
#include <new>
#include <random>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/host/ring_bench.h"

namespace telltale::host {
namespace {

using test::RingBench;
using test::sequence;

// A word that outlives the process that writes it.
class SharedWord {
 public:
  SharedWord() {
    void* page = ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    word_ = new (page) std::atomic<std::uint64_t>(0);
  }
  SharedWord(const SharedWord&) = delete;
  SharedWord& operator=(const SharedWord&) = delete;
  ~SharedWord() { ::munmap(word_, 4'096); }
  std::atomic<std::uint64_t>& operator*() { return *word_; }

 private:
  std::atomic<std::uint64_t>* word_;
};

template <class Body>
pid_t in_child(Body&& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  return pid;
}

// Publishes a sequence in batches of random size, up to `count`, waiting for room.
void produce(RingWriter& writer, std::uint64_t count, std::atomic<std::uint64_t>& published) {
  std::mt19937 random(42);
  for (std::uint64_t next = 0; next < count;) {
    const std::uint64_t size = std::min<std::uint64_t>(random() % 300 + 1, count - next);
    if (!writer.publish(sequence(static_cast<double>(next), size))) {
      ::sched_yield();
      continue;
    }
    next += size;
    published.store(next);
  }
}

void expect_sequence(const std::vector<telltale_reading>& readings) {
  for (std::size_t i = 0; i < readings.size(); ++i) ASSERT_EQ(readings[i].value, static_cast<double>(i));
}

TEST(RingBetweenProcesses, CarriesEverythingInOrderAndLosesNoWakeUp) {
  constexpr std::uint64_t kCount = 300'000;
  RingBench bench;
  SharedWord published;
  const auto source = bench.make_source();
  RingWriter writer = bench.add_ring(*source);
  const pid_t child = in_child([&] { produce(writer, kCount, *published); });
  while (bench.collector.readings.size() < kCount) {
    pollfd descriptor{source->wake_fd(), POLLIN, 0};
    // A lost wake-up would leave readings in the ring for ever.
    ASSERT_EQ(::poll(&descriptor, 1, 10'000), 1) << "woken no more after " << bench.collector.readings.size();
    bench.drain_all(*source);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ASSERT_EQ(bench.collector.readings.size(), kCount);
  expect_sequence(bench.collector.readings);
  EXPECT_EQ(source->counters().corrupt, 0U);
}

TEST(RingBetweenProcesses, KeepsWhatAKilledProducerPublished) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    RingBench bench;
    SharedWord published;
    const auto source = bench.make_source();
    RingWriter writer = bench.add_ring(*source);
    const pid_t child = in_child([&] { produce(writer, 1'000'000'000, *published); });
    const std::uint64_t enough = random() % 20'000 + 1;
    while ((*published).load() < enough) bench.drain_all(*source);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    source->retire();
    bench.drain_all(*source);
    EXPECT_GE(bench.collector.readings.size(), (*published).load());
    expect_sequence(bench.collector.readings);
    EXPECT_EQ(source->counters().corrupt, 0U);
    EXPECT_EQ(bench.directory.count(".ring"), 0U);
  }
}

TEST(RingBetweenProcesses, IsDrainedByTheNextDaemonAfterAKill) {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    constexpr std::uint64_t kCount = 2'000;
    RingBench bench;
    SharedWord released;
    {
      const auto setup = bench.make_source();
      RingWriter writer = bench.add_ring(*setup);
      for (std::uint64_t next = 0; next < kCount; next += 50) {
        ASSERT_TRUE(writer.publish(sequence(static_cast<double>(next), 50)));
      }
    }
    const auto source = bench.make_source();
    source->add(*RingMapping::open(bench.path), true);
    const pid_t child = in_child([&] {
      for (;;) {
        source->drain(bench.collector, 100);
        source->release();
        (*released).store(bench.collector.readings.size());
        if (bench.collector.readings.size() == kCount) ::pause();
      }
    });
    const std::uint64_t enough = random() % kCount;
    while ((*released).load() < enough) ::sched_yield();
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    const auto later = bench.make_source();
    if (auto left = RingMapping::open(bench.path)) later->add(std::move(*left), true);
    test::Collector rest;
    while (later->drain(rest, 1'000)) later->release();
    later->release();
    const std::uint64_t known = (*released).load();
    // Released and told may lie one step apart.
    EXPECT_LE(rest.readings.size(), kCount - known);
    EXPECT_GE(rest.readings.size() + known + 100, kCount);
    for (std::size_t i = 0; i < rest.readings.size(); ++i) {
      ASSERT_EQ(rest.readings[i].value, static_cast<double>(kCount - rest.readings.size() + i));
    }
  }
}

}  // namespace
}  // namespace telltale::host
