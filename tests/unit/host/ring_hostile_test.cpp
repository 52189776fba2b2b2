// The ring as hostile memory: whatever its producer writes, the reader stays within bounds, ends, and says so.
#include <array>
#include <cstring>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/host/ring_bench.h"

namespace telltale::host {
namespace {

using test::RingBench;
using test::sequence;

constexpr std::array<std::uint64_t, 14> kNasty = {0,
                                                  1,
                                                  7,
                                                  8,
                                                  24,
                                                  kRingAlignment - 8,
                                                  kRingAlignment,
                                                  kRingAlignment + 8,
                                                  0x7fff'ffff,
                                                  0xffff'ffff,
                                                  0x1'0000'0000,
                                                  0x8000'0000'0000'0000,
                                                  0xffff'ffff'ffff'fff8,
                                                  0xffff'ffff'ffff'ffff};

// Drains a bounded number of times; a reader that never ends would fail the test by its time-out.
void drain_hostile(RingBench& bench, RingSource& source) {
  for (int i = 0; i < 50; ++i) {
    source.drain(bench.collector, 1'000);
    source.release();
  }
}

TEST(HostileRing, SurvivesEveryHeaderWordWithEveryNastyValue) {
  for (std::size_t word = 0; word < sizeof(RingHeader) / 8; ++word) {
    for (const std::uint64_t value : kNasty) {
      RingBench bench;
      const auto source = bench.make_source();
      RingWriter writer = bench.add_ring(*source);
      ASSERT_TRUE(writer.publish(sequence(0, 100)));
      source->drain(bench.collector, 10);
      auto ring = RingMapping::open(bench.path);
      ASSERT_TRUE(ring.has_value());
      std::memcpy(reinterpret_cast<char*>(&(*ring)->header()) + word * 8, &value, sizeof value);
      static_cast<void>(writer.publish(sequence(100, 10)));
      drain_hostile(bench, *source);
      // A daemon that starts now finds the same file.
      const auto later = bench.make_source();
      if (auto left = RingMapping::open(bench.path)) later->add(std::move(*left), true);
      drain_hostile(bench, *later);
      EXPECT_LE(bench.collector.series.size(), 1U);
    }
  }
}

struct Corruption {
  const char* what;
  std::size_t header_offset;
  std::uint64_t value;
};

TEST(HostileRing, SaysThatPositionsMakeNoSense) {
  const Corruption table[] = {
      {"far ahead", offsetof(RingHeader, write_position), kRingAlignment * 4},
      {"backwards", offsetof(RingHeader, write_position), 8},
      {"not at a record", offsetof(RingHeader, write_position), 2'411},
      {"the read position moved", offsetof(RingHeader, read_position), 8},
      {"fewer declarations", offsetof(RingHeader, declaration_bytes), 4},
      {"more declarations than there is room", offsetof(RingHeader, declaration_bytes), kRingAlignment + 1},
      {"declarations of zeros", offsetof(RingHeader, declaration_bytes), 4'096},
  };
  for (const Corruption& row : table) {
    RingBench bench;
    const auto source = bench.make_source();
    RingWriter writer = bench.add_ring(*source);
    ASSERT_TRUE(writer.publish(sequence(0, 100)));
    bench.drain_all(*source);
    EXPECT_FALSE(source->suspect()) << row.what;
    auto ring = RingMapping::open(bench.path);
    std::memcpy(reinterpret_cast<char*>(&(*ring)->header()) + row.header_offset, &row.value, sizeof row.value);
    bench.drain_all(*source);
    EXPECT_TRUE(source->suspect()) << row.what;
    EXPECT_EQ(source->counters().corrupt, 1U) << row.what;
    EXPECT_EQ(bench.collector.readings.size(), 100U) << row.what;
    // A new generation is heard.
    source->retire();
    RingWriter fresh = bench.add_ring(*source);
    ASSERT_TRUE(fresh.publish(sequence(100, 1)));
    bench.drain_all(*source);
    EXPECT_FALSE(source->suspect()) << row.what;
    EXPECT_EQ(bench.collector.readings.size(), 101U) << row.what;
  }
}

// Puts a record of one's own making behind what is there.
void forge(RingMapping& ring, const RecordHeader& record, const telltale_reading& reading) {
  RingHeader& header = ring.header();
  const std::uint64_t at = header.write_position.load();
  std::byte* place = ring.data() + (at & (ring.geometry().data - 1));
  std::memcpy(place, &record, sizeof record);
  std::memcpy(place + sizeof record, &reading, sizeof reading);
  header.write_position.store(at + record_bytes(24));
}

TEST(HostileRing, RefusesRecordsThatMakeNoSenseAndReadsOn) {
  const telltale_reading undeclared{1, 1, 7, 0, 0};
  const telltale_reading good{1, 1, 0, 0, 0};
  const std::pair<RecordHeader, telltale_reading> table[] = {
      {{24, kRecordReadings, 0}, undeclared}, {{23, kRecordReadings, 0}, good}, {{24, 9, 0}, good}, {{24, 0, 0}, good},
      {{24, kRecordText, 0}, undeclared},     {{20, kRecordText, 0}, good},
  };
  for (const auto& [record, reading] : table) {
    RingBench bench;
    const auto source = bench.make_source();
    static_cast<void>(bench.add_ring(*source));
    auto ring = RingMapping::open(bench.path);
    forge(**ring, record, reading);
    forge(**ring, {24, kRecordReadings, 0}, good);
    bench.drain_all(*source);
    EXPECT_EQ(bench.collector.readings.size(), 1U) << record.size << " " << record.type;
    EXPECT_EQ(source->counters().corrupt, 1U);
    EXPECT_TRUE(source->suspect());
  }
}

TEST(HostileRing, ReadsNoFurtherThanTheEndOfARecordThatClaimsTooMuch) {
  for (const std::uint32_t size : {25U, 1'000U, 98'305U, 0x7fff'ffffU, 0xffff'ffffU}) {
    RingBench bench;
    const auto source = bench.make_source();
    static_cast<void>(bench.add_ring(*source));
    auto ring = RingMapping::open(bench.path);
    forge(**ring, {size, kRecordReadings, 0}, {});
    forge(**ring, {24, kRecordReadings, 0}, {});
    bench.drain_all(*source);
    EXPECT_TRUE(source->suspect()) << size;
    EXPECT_LE(bench.collector.readings.size(), 1U);
  }
}

TEST(HostileRing, SurvivesRandomBytesEverywhere) {
  EXPECT_TRUE(rc::check([](std::uint32_t seed) {
    RingBench bench;
    const auto source = bench.make_source();
    RingWriter writer = bench.add_ring(*source);
    RC_ASSERT(writer.publish(sequence(0, 200)));
    auto ring = RingMapping::open(bench.path);
    std::mt19937_64 random(seed);
    RingHeader& header = (*ring)->header();
    for (int pokes = 0; pokes < 20; ++pokes) {
      (*ring)->data()[random() % 8'000] = static_cast<std::byte>(random());
      (*ring)->declarations()[random() % 60] = static_cast<std::byte>(random());
    }
    header.declaration_bytes.store(random() % 200);
    header.write_position.store(random() % 9'000 / 8 * 8);
    drain_hostile(bench, *source);
    source->retire();
    drain_hostile(bench, *source);
    RC_ASSERT(source->waiting() == 0U);
  }));
}

}  // namespace
}  // namespace telltale::host
