#include "plugins/prometheus/write_request.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <snappy.h>

#include "tests/support/outgoing.h"
#include "tests/support/protobuf_reader.h"

namespace telltale::prometheus {
namespace {

using test::Outgoing;
using test::ProtobufReader;

struct Decoded {
  Labels labels;
  std::vector<std::pair<std::int64_t, std::uint64_t>> samples;  // ms, bits
};

std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

std::vector<Decoded> decode(const std::string& message) {
  std::vector<Decoded> all;
  for (const auto& series : ProtobufReader::read(message)) {
    EXPECT_EQ(series.number, 1U);
    Decoded& one = all.emplace_back();
    for (const auto& field : ProtobufReader::read(series.bytes)) {
      const auto parts = ProtobufReader::read(field.bytes);
      EXPECT_EQ(parts.size(), 2U);
      EXPECT_EQ(parts.at(0).number, 1U);
      EXPECT_EQ(parts.at(1).number, 2U);
      if (field.number == 1) {
        EXPECT_TRUE(one.samples.empty()) << "labels come first";
        one.labels.emplace_back(parts.at(0).bytes, parts.at(1).bytes);
      } else {
        EXPECT_EQ(field.number, 2U);
        one.samples.emplace_back(static_cast<std::int64_t>(parts.at(1).integer), bits_of(parts.at(0).as_double()));
      }
    }
  }
  return all;
}

std::vector<Decoded> decode(const Request& request) { return decode(encode(request)); }

constexpr std::int64_t kMs = 1'000'000;

TEST(WriteRequest, HasTheBytesOfTheSchema) {
  Outgoing out;
  out.add("a", 1'000 * kMs, 1.0);
  const Request request = Gatherer({}).gather(out.readings());
  // timeseries{labels{name:"__name__" value:"a"} samples{value:1 timestamp:1000}}, as protoc's own encoder makes it.
  const std::string expected(
      "\x0a\x1f\x0a\x0d\x0a\x08__name__\x12\x01"
      "a\x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\xe8\x07",
      31);
  const std::string made = encode(request);
  EXPECT_EQ(made.substr(2), expected.substr(2));
  EXPECT_EQ(static_cast<std::size_t>(made[1]), made.size() - 2);
}

TEST(WriteRequest, PutsSamplesInTheOrderOfTimeAndKeepsTheLastOfAMillisecond) {
  Outgoing out;
  out.add("a", 3 * kMs, 3).add("b", 1 * kMs, 9).add("a", 1 * kMs, 1).add("a", 1 * kMs + 5, 2).add("a", 1 * kMs + 4, 7);
  const Request request = Gatherer({}).gather(out.readings());
  const auto all = decode(request);
  ASSERT_EQ(all.size(), 2U);
  using Samples = decltype(Decoded::samples);
  EXPECT_EQ(all[0].samples, (Samples{{1, bits_of(7)}, {3, bits_of(3)}}));
  EXPECT_EQ(all[1].samples, (Samples{{1, bits_of(9)}}));
  EXPECT_EQ(request.same_millisecond, 2U);
}

TEST(WriteRequest, SaysThatAValueIsGone) {
  Outgoing out;
  out.add(out.series("a"), kMs, 0, TELLTALE_QUALITY_BAD)
      .add(out.series("e", TELLTALE_KIND_EVENT), kMs, 0, TELLTALE_QUALITY_GOOD, "text")
      .add("b", kMs, std::numeric_limits<double>::infinity());
  const Request with = Gatherer({}).gather(out.readings());
  const auto all = decode(with);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].samples.at(0).second, kStaleBits);
  EXPECT_EQ(all[1].samples.at(0).second, kStaleBits);
  EXPECT_EQ(with.without_value, 1U);
  Gatherer::Settings settings;
  settings.stale = false;
  const Request without = Gatherer(settings).gather(out.readings());
  EXPECT_TRUE(without.points.empty());
  EXPECT_EQ(without.without_value, 3U);
}

TEST(WriteRequest, LeavesOutASeriesWhoseNameThereIsAnothersAndSaysSoOnce) {
  Outgoing out;
  Gatherer gatherer({});
  out.add("a.b", kMs, 1).add("a_b", kMs, 2).add("a_b", 2 * kMs, 3);
  const Request request = gatherer.gather(out.readings());
  EXPECT_EQ(decode(request).size(), 1U);
  EXPECT_EQ(request.same_name, 2U);
  ASSERT_TRUE(request.name_clash);
  EXPECT_NE(request.name_clash->find("'a_b'"), std::string::npos);
  EXPECT_FALSE(gatherer.gather(out.readings()).name_clash);
  Gatherer::Settings settings;
  settings.names = Names::kLabel;
  EXPECT_EQ(decode(Gatherer(settings).gather(out.readings())).size(), 2U);
}

TEST(WriteRequest, RoundsTimesBeforeTheEpochDown) {
  Outgoing out;
  out.add("a", -1, 1).add("a", -kMs, 2);
  const auto all = decode(Gatherer({}).gather(out.readings()));
  EXPECT_EQ(all.at(0).samples.at(0).first, -1) << "both are of one millisecond";
  EXPECT_EQ(all.at(0).samples.size(), 1U);
}

// What goes in comes out, by snappy's own decoder and a reader that shares nothing with the writer.
RC_GTEST_PROP(WriteRequest, CarriesEveryNumber, ()) {
  Outgoing out;
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> expected;
  const auto count = *rc::gen::inRange(1, 60);
  for (int i = 0; i < count; ++i) {
    const std::string name(1, static_cast<char>('a' + *rc::gen::inRange(0, 5)));
    const auto ms = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 20),
                                    rc::gen::inRange<std::int64_t>(-9'000'000'000'000, 9'000'000'000'000));
    const auto bits = *rc::gen::arbitrary<std::uint64_t>();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    out.add(out.series(name, TELLTALE_KIND_GAUGE, {{"l", name}}), ms * kMs, value);
    expected[name][ms] = std::isfinite(value) ? bits : kStaleBits;
  }
  const Request request = Gatherer({}).gather(out.readings());
  std::string message;
  const std::string packed = compressed(encode(request));
  RC_ASSERT(snappy::Uncompress(packed.data(), packed.size(), &message));
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> found;
  for (const Decoded& one : decode(message)) {
    RC_ASSERT(one.labels.size() == 2U);
    auto& samples = found[one.labels[1].second];
    RC_ASSERT(samples.empty());
    for (const auto& [time, bits] : one.samples) {
      const bool later = samples.empty() || samples.rbegin()->first < time;
      RC_ASSERT(later);
      samples.emplace(time, bits);
    }
  }
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace telltale::prometheus
