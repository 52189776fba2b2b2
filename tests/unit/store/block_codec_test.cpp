#include "daemon/store/block_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::store {
namespace {

core::Result<void> decode_into(std::string_view data, std::vector<Point>& out) {
  Column column;
  return visit_block(data, [&](const BlockHead& head, std::string_view body) {
    auto done = decode_column(head, body, column);
    for (std::size_t i = 0; done && i < column.times.size(); ++i) {
      const std::string* text = column.text(i);
      out.push_back({column.times[i], column.values[i], head.series, column.mark(i), text != nullptr,
                     text == nullptr ? "" : *text});
    }
    return done;
  });
}

// By series, then time; of one series and time in the order in which they are stored.
void sort_points(std::vector<Point>& points) {
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return std::tie(a.series, a.time) < std::tie(b.series, b.time);
  });
}

std::vector<Point> decode(std::string_view data) {
  std::vector<Point> out;
  const auto done = decode_into(data, out);
  EXPECT_TRUE(done.has_value()) << done.error().text();
  sort_points(out);  // groups go by their times
  return out;
}

bool same(const Point& a, const Point& b) {
  return a.time == b.time && std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value) &&
         a.series == b.series && a.mark == b.mark && a.has_text == b.has_text && a.text == b.text;
}

bool same(const std::vector<Point>& a, const std::vector<Point>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Point& x, const Point& y) { return same(x, y); });
}

rc::Gen<double> any_double() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t bits) { return std::bit_cast<double>(bits); }),
      rc::gen::map(rc::gen::inRange(-100000, 100000), [](int cents) { return cents / 100.0; }),
      rc::gen::element(0.0, -0.0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                       std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::denorm_min(),
                       std::numeric_limits<double>::max(), 9007199254740993.0, 1e300, 74.93588199999998));
}

rc::Gen<std::int64_t> any_time() {
  return rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                        rc::gen::map(rc::gen::inRange(0, 100000),
                                     [](int i) { return 1'700'000'000'000'000'000 + i * std::int64_t{1'000'000}; }),
                        rc::gen::element(INT64_MIN, INT64_MAX, std::int64_t{0}));
}

std::vector<Point> any_points() {
  const auto count = *rc::gen::inRange(0, 200);
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    Point point;
    point.series.value = *rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 4), rc::gen::just(0x7fff'ffffU));
    point.time = *any_time();
    point.value = *any_double();
    point.mark = static_cast<store::Mark>(*rc::gen::inRange(0, 8));
    point.has_text = *rc::gen::inRange(0, 5) == 0;
    if (point.has_text) point.text = *rc::gen::arbitrary<std::string>();
    points.push_back(point);
  }
  sort_points(points);
  return points;
}

TEST(BlockCodec, GivesBackEveryBit) {
  EXPECT_TRUE(rc::check([] {
    const auto points = any_points();
    for (const Effort effort : {Effort::kQuick, Effort::kBest}) {
      RC_ASSERT(same(decode(encode_block(points, effort)), points));
    }
  }));
}

TEST(BlockCodec, SurvivesAnyDamage) {
  EXPECT_TRUE(rc::check([] {
    std::string data = encode_block(any_points(), *rc::gen::element(Effort::kQuick, Effort::kBest));
    const auto hits = *rc::gen::inRange(1, 8);
    for (int i = 0; i < hits && !data.empty(); ++i) {
      data.at(*rc::gen::inRange<std::size_t>(0, data.size())) = *rc::gen::arbitrary<char>();
    }
    data.resize(*rc::gen::inRange<std::size_t>(0, data.size() + 1));
    // As a damage that the checksum misses.
    const std::uint32_t checksum = block_checksum(data);
    data.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    Column column;
    (void)visit_block(data, [&](const BlockHead& head, std::string_view body) {
      (void)decode_column(head, body, column);
      RC_ASSERT(column.times.size() <= kMaxColumnValues);
      return core::Result<void>();
    });
  }));
}

TEST(BlockCodec, RefusesAnyPrefix) {
  std::vector<Point> points;
  points.reserve(50);
  for (int i = 0; i < 50; ++i) points.push_back({i * 1'000'000'000LL, i * 0.1, {7}, 0, false, ""});
  const std::string data = encode_block(points);
  for (std::size_t size = 0; size < data.size(); ++size) {
    std::vector<Point> out;
    EXPECT_FALSE(decode_into(std::string_view(data).substr(0, size), out).has_value()) << size;
  }
}

TEST(BlockCodec, ItsChecksumFindsEveryFlippedBit) {
  std::vector<Point> points;
  points.reserve(50);
  for (int i = 0; i < 50; ++i) points.push_back({i * 1'000'000'000LL, i * 0.1, {7}, 0, false, ""});
  const std::string data = encode_block(points);
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    std::string damaged = data;
    damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << (bit % 8)));
    std::vector<Point> out;
    EXPECT_FALSE(decode_into(damaged, out).has_value()) << bit;
  }
}

TEST(BlockCodec, RegularDecimalsAreSmall) {
  std::vector<Point> points;
  points.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    points.push_back({1'700'000'000'000'000'000 + i * 1'000'000'000LL, 20.0 + (i % 7) / 10.0, {1}, 0, false, ""});
  }
  EXPECT_LT(encode_block(points).size(), 620U);  // the times cost nothing, a value four bits and a half
  EXPECT_LT(encode_block(points, Effort::kBest).size(), 70U);
}

}  // namespace
}  // namespace telltale::store
