// One ring, both ends in this process.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>
#include <poll.h>
#include <rapidcheck.h>
#include <unistd.h>

#include "daemon/host/ring_reader.h"
#include "tests/unit/host/ring_bench.h"

namespace telltale::host {
namespace {

using test::RingBench;
using test::sequence;

bool is_readable(int fd) {
  pollfd descriptor{fd, POLLIN, 0};
  return ::poll(&descriptor, 1, 0) == 1;
}

TEST(Ring, HandsOverInOrderWhatWasPublished) {
  RingBench bench;
  const auto source = bench.make_source();
  RingWriter writer = bench.add_ring(*source);
  ASSERT_TRUE(writer.publish(sequence(0, 3)));
  ASSERT_TRUE(writer.publish_text({5, 0, 0, TELLTALE_QUALITY_STALE, 0}, "door open"));
  ASSERT_TRUE(writer.publish_text({6, 0, 0, 0, 0}, ""));
  ASSERT_TRUE(writer.publish(sequence(3, 1)));
  bench.drain_all(*source);
  EXPECT_EQ(bench.collector.restarts, 1);
  ASSERT_EQ(bench.collector.series.size(), 1U);
  EXPECT_EQ(bench.collector.series[0].key.name, "a");
  EXPECT_EQ(bench.collector.values(), (std::vector<double>{0, 1, 2, 0, 0, 3}));
  EXPECT_EQ(bench.collector.texts, (std::vector<std::string>{"door open", ""}));
  EXPECT_EQ(bench.collector.readings[3].quality, TELLTALE_QUALITY_STALE);
  EXPECT_EQ(source->counters().readings, 6U);
  EXPECT_EQ(source->counters().corrupt, 0U);
  EXPECT_EQ(source->last_reading_at(), bench.clock.wall_now());
}

TEST(Ring, RefusesTheWholeBatchWhenItIsFullAndCountsIt) {
  RingBench bench;
  const auto source = bench.make_source();
  RingWriter writer = bench.add_ring(*source);
  std::size_t taken = 0;
  while (writer.publish(sequence(static_cast<double>(taken), 100))) taken += 100;
  EXPECT_EQ(taken, kRingAlignment / record_bytes(100 * sizeof(telltale_reading)) * 100);
  EXPECT_EQ(source->counters().dropped, 100U);
  EXPECT_FALSE(writer.publish_text({}, std::string(kMaxTextBytes, 'x')));
  EXPECT_EQ(source->counters().dropped, 101U);
  // Handed over is not released: its room stays taken.
  while (source->drain(bench.collector, 1'000)) continue;
  EXPECT_FALSE(writer.publish(sequence(0, 100)));
  source->release();
  EXPECT_TRUE(writer.publish(sequence(static_cast<double>(taken), 100)));
  bench.drain_all(*source);
  ASSERT_EQ(bench.collector.readings.size(), taken + 100);
  EXPECT_EQ(bench.collector.values().back(), static_cast<double>(taken + 99));
}

TEST(Ring, WakesAConsumerThatSleepsAndNoOther) {
  RingBench bench;
  const auto source = bench.make_source();
  RingWriter writer = bench.add_ring(*source);
  bench.drain_all(*source);
  EXPECT_FALSE(is_readable(source->wake_fd()));
  ASSERT_TRUE(writer.publish(sequence(0, 1)));
  EXPECT_TRUE(is_readable(source->wake_fd()));
  core::clear(core::Fd(::dup(source->wake_fd())));
  // It was woken and has not said that it sleeps again.
  ASSERT_TRUE(writer.publish(sequence(1, 1)));
  EXPECT_FALSE(is_readable(source->wake_fd()));
  bench.drain_all(*source);
  ASSERT_TRUE(writer.declare(test::encoded_gauge("b")));
  EXPECT_TRUE(is_readable(source->wake_fd())) << "a new series is news";
}

TEST(Ring, GoesOnWhereTheLastConsumerReleased) {
  RingBench bench;
  {
    const auto source = bench.make_source();
    RingWriter writer = bench.add_ring(*source);
    ASSERT_TRUE(writer.publish(sequence(0, 10)));
    bench.drain_all(*source);
    ASSERT_TRUE(writer.publish(sequence(10, 10)));
    // Handed over, but the daemon ends before it is in the journal.
    source->drain(bench.collector, 1'000);
  }
  const auto source = bench.make_source();
  source->add(*RingMapping::open(bench.path), true);
  RingWriter writer = bench.add_ring(*source);
  ASSERT_TRUE(writer.publish(sequence(20, 10)));
  test::Collector again;
  EXPECT_TRUE(source->drain(again, 1'000));
  EXPECT_EQ(again.series.size(), 1U) << "the declarations come again";
  source->drain(again, 1'000);
  EXPECT_EQ(again.restarts, 2);
  ASSERT_EQ(again.readings.size(), 20U);
  EXPECT_EQ(again.values().front(), 10);
  EXPECT_EQ(again.values().back(), 29);
  source->release();
  EXPECT_EQ(bench.directory.count(".ring"), 1U) << "what is released needs no file";
}

TEST(Ring, KeepsTheFileOfAGenerationUntilItIsReleased) {
  RingBench bench;
  const auto source = bench.make_source();
  {
    RingWriter writer = bench.add_ring(*source);
    ASSERT_TRUE(writer.publish(sequence(0, 10)));
  }
  source->retire();
  EXPECT_FALSE(source->drain(bench.collector, 1'000));
  EXPECT_EQ(bench.directory.count(".ring"), 1U);
  EXPECT_EQ(source->waiting(), 1U);
  source->release();
  EXPECT_EQ(bench.directory.count(".ring"), 0U);
  EXPECT_EQ(source->waiting(), 0U);
}

TEST(Ring, TakesNothingThatIsWrittenAfterItsProducerIsGone) {
  RingBench bench;
  const auto source = bench.make_source();
  RingWriter writer = bench.add_ring(*source);
  ASSERT_TRUE(writer.publish(sequence(0, 4)));
  ASSERT_TRUE(writer.publish(sequence(4, 1)));
  source->retire();
  EXPECT_TRUE(source->drain(bench.collector, 1)) << "one batch; here it sees where the end is";
  ASSERT_TRUE(writer.publish(sequence(5, 5)));
  bench.drain_all(*source);
  EXPECT_EQ(bench.collector.readings.size(), 5U);
}

TEST(Ring, RefusesFilesThatAreNoRings) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("x.1.ring");
  ASSERT_TRUE(RingMapping::create(path, 1, test::kSmallRing).has_value());
  EXPECT_EQ(RingMapping::create(path, 1, test::kSmallRing).error().code, core::ErrorCode::kConflict);
  ASSERT_TRUE(RingMapping::open(path).has_value());
  EXPECT_EQ(RingMapping::create(directory.file("y"), 1, {1, 1}).error().code, core::ErrorCode::kInvalid);
  EXPECT_EQ(RingMapping::open(directory.file("none")).error().code, core::ErrorCode::kNotFound);
  for (const off_t size : {0, 10, 4096, 65'536, 3 * 65'536 - 1, 4 * 65'536}) {
    ASSERT_EQ(::truncate(path.c_str(), size), 0);
    const auto opened = RingMapping::open(path);
    ASSERT_FALSE(opened.has_value()) << size;
    EXPECT_EQ(opened.error().code, core::ErrorCode::kCorrupt) << size;
  }
  ASSERT_EQ(::symlink(directory.file("z").c_str(), directory.file("link.1.ring").c_str()), 0);
  ASSERT_TRUE(RingMapping::create(directory.file("z"), 1, test::kSmallRing).has_value());
  EXPECT_FALSE(RingMapping::open(directory.file("link.1.ring")).has_value());
}

// What a random test does next.
struct Step {
  int kind = 0;  // 0..5 publish, 6..7 drain, 8 release, 9 the consumer starts again
  std::size_t size = 0;
};

TEST(Ring, LosesNothingAndKeepsOrderWhateverHappensInWhichOrder) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<unsigned, unsigned>>& script) {
    RingBench bench;
    auto source = bench.make_source();
    RingWriter writer = bench.add_ring(*source);
    double next = 0;
    std::size_t released = 0;  // of the collector's readings
    for (const auto& [choice, amount] : script) {
      const Step step{static_cast<int>(choice % 10), amount % 900 + 1};
      if (step.kind <= 5) {
        if (writer.publish(sequence(next, step.size))) next += static_cast<double>(step.size);
      } else if (step.kind <= 7) {
        source->drain(bench.collector, step.size);
      } else if (step.kind == 8) {
        source->release();
        released = bench.collector.readings.size();
      } else {
        source = bench.make_source();
        source->add(*RingMapping::open(bench.path), false);
        bench.collector.readings.resize(released);
      }
    }
    bench.drain_all(*source);
    RC_ASSERT(source->counters().corrupt == 0U);
    RC_ASSERT(bench.collector.readings.size() == static_cast<std::size_t>(next));
    for (std::size_t i = 0; i < bench.collector.readings.size(); ++i) {
      RC_ASSERT(bench.collector.readings[i].value == static_cast<double>(i));
    }
  }));
}

}  // namespace
}  // namespace telltale::host
