#include "daemon/store/tier_codec.h"

#include <bit>
#include <cmath>
#include <limits>

#include "daemon/store/block_codec.h"
#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/doubles.h"
#include "daemon/store/codec/ints.h"

namespace telltale::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint64_t kMostBuckets = 4096;  // of a series in a row
// A deviation is told to ten digits: what lies below is noise that would cost three bytes.
constexpr std::uint64_t kSquaresNoise = (1ULL << 20U) - 1;

core::Error corrupt(const char* what) {
  return core::make_error(core::ErrorCode::kCorrupt, std::string("a row of buckets is damaged: ") + what);
}

// The columns of integers, and of doubles, of a bucket; times are told from the bucket's begin.
constexpr std::array<Moment Bucket::*, 4> kMoments = {&Bucket::first, &Bucket::last, &Bucket::min, &Bucket::max};

double shortened(double squares) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(squares) & ~kSquaresNoise);
}

std::string body_of(const std::vector<Bucket>& buckets, std::int64_t step) {
  std::string out;
  ByteWriter(out).varint(buckets.size());
  std::vector<std::int64_t> ints(buckets.size());
  std::vector<double> doubles(buckets.size());
  const auto put_column = [&](const auto& of) {
    for (std::size_t i = 0; i < buckets.size(); ++i) ints[i] = of(buckets[i]);
    put_ints(out, ints, Effort::kBest);
  };
  const auto put_values = [&](const auto& of) {
    for (std::size_t i = 0; i < buckets.size(); ++i) doubles[i] = of(buckets[i]);
    put_doubles(out, doubles, Effort::kBest, false);
  };
  put_column([](const Bucket& bucket) { return bucket.number; });
  put_column([](const Bucket& bucket) { return static_cast<std::int64_t>(bucket.count); });
  for (const auto moment : kMoments) {
    put_column([&](const Bucket& bucket) { return (bucket.*moment).time - bucket.number * step; });
    put_values([&](const Bucket& bucket) { return (bucket.*moment).value; });
  }
  put_values([](const Bucket& bucket) { return bucket.sum; });
  put_values([](const Bucket& bucket) { return shortened(bucket.squares()); });
  put_values([](const Bucket& bucket) { return bucket.lift; });
  return out;
}

// Around its mean.
void set_spread(Bucket& bucket, double squares) {
  bucket.centre = bucket.sum / static_cast<double>(bucket.count);
  bucket.off = 0;
  bucket.off_squared = squares;
}

}  // namespace

std::string encode_tier(const std::vector<SeriesBuckets>& series, std::int64_t step) {
  std::string data(1, static_cast<char>(kVersion));
  ByteWriter bytes(data);
  bytes.varint(series.size());
  std::vector<std::string> bodies;
  std::uint32_t previous = 0;
  for (const SeriesBuckets& one : series) {
    bodies.push_back(body_of(one.buckets, step));
    bytes.varint(one.series.value - previous);
    bytes.varint(bodies.back().size());
    previous = one.series.value;
  }
  for (const std::string& body : bodies) data += body;
  bytes.fixed(block_checksum(data));
  return data;
}

core::Result<void> visit_tier(std::string_view data, const TierVisitor& visitor) {
  if (data.size() < sizeof(std::uint32_t)) return corrupt("its length");
  const std::string_view content = data.substr(0, data.size() - sizeof(std::uint32_t));
  ByteReader end(data.substr(content.size()));
  if (end.fixed<std::uint32_t>() != block_checksum(content)) return corrupt("its checksum");
  ByteReader in(content);
  if (in.fixed<std::uint8_t>() != kVersion) return corrupt("its version is unknown");
  const std::uint64_t size = in.varint();
  if (!in.ok() || size > in.left()) return corrupt("the number of its series");
  std::vector<std::pair<core::SeriesId, std::uint64_t>> heads;
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t step = in.varint();
    const std::uint64_t bytes = in.varint();
    if (!in.ok() || step > UINT32_MAX || (id += step) > UINT32_MAX) return corrupt("the head of a series");
    heads.emplace_back(core::SeriesId{static_cast<std::uint32_t>(id)}, bytes);
  }
  for (const auto& [series, bytes] : heads) {
    const std::string_view body = in.take(bytes);
    if (!in.ok()) return corrupt("the body of a series");
    if (auto visited = visitor(series, body); !visited) return visited;
  }
  if (in.left() != 0) return corrupt("bytes after its end");
  return {};
}

core::Result<void> decode_buckets(std::string_view body, std::int64_t step, std::vector<Bucket>& out) {
  ByteReader in(body);
  const std::uint64_t size = in.varint();
  if (!in.ok() || size == 0 || size > kMostBuckets) return corrupt("the number of buckets");
  out.assign(size, {});
  std::vector<std::int64_t> ints(size);
  std::vector<double> doubles(size);
  bool good = true;
  const auto take_column = [&](const auto& put) {
    good = good && take_ints(in, ints);
    for (std::size_t i = 0; i < size && good; ++i) put(out[i], ints[i]);
  };
  const auto take_values = [&](const auto& put) {
    bool callers_bit = false;
    good = good && take_doubles(in, doubles, callers_bit) && !callers_bit;
    for (std::size_t i = 0; i < size && good; ++i) put(out[i], doubles[i]);
  };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / step - 1;
  take_column([&](Bucket& bucket, std::int64_t number) {
    good = good && number >= -most && number <= most;
    bucket.number = number;
  });
  take_column([&](Bucket& bucket, std::int64_t count) {
    good = good && count > 0;
    bucket.count = static_cast<std::uint64_t>(count);
  });
  for (const auto moment : kMoments) {
    take_column([&](Bucket& bucket, std::int64_t offset) {
      good = good && offset >= 0 && offset < step;
      (bucket.*moment).time = good ? bucket.number * step + offset : 0;
    });
    take_values([&](Bucket& bucket, double value) { (bucket.*moment).value = value; });
  }
  take_values([](Bucket& bucket, double sum) { bucket.sum = sum; });
  take_values([](Bucket& bucket, double squares) { set_spread(bucket, squares); });
  take_values([](Bucket& bucket, double lift) { bucket.lift = lift; });
  if (!good || in.left() != 0) return corrupt("the buckets");
  return {};
}

}  // namespace telltale::store
