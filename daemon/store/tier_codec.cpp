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
constexpr std::uint8_t kWithDoubts = 2;       // some bucket holds an uncertain reading
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

// Of all buckets: levels and numbers of bins, then the bins' keys, each from the one before, and counts.
std::string sketches_of(const std::vector<TierBucket>& buckets) {
  std::vector<std::int64_t> levels;
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> keys;
  std::vector<std::int64_t> counts;
  for (const TierBucket& one : buckets) {
    levels.push_back(one.sketch.level());
    sizes.push_back(static_cast<std::int64_t>(one.sketch.bins().size()));
    std::int32_t previous = 0;
    for (const core::Sketch::Bin& bin : one.sketch.bins()) {
      keys.push_back(std::int64_t{bin.key} - previous);
      counts.push_back(bin.count);
      previous = bin.key;
    }
  }
  std::string out;
  for (const auto* column : {&levels, &sizes, &keys, &counts}) put_ints(out, *column, Effort::kBest);
  return out;
}

bool take_sketches(std::string_view bytes, std::vector<TierBucket>& buckets) {
  ByteReader in(bytes);
  std::vector<std::int64_t> levels(buckets.size());
  std::vector<std::int64_t> sizes(buckets.size());
  if (!take_ints(in, levels) || !take_ints(in, sizes)) return false;
  std::size_t bins = 0;
  for (const std::int64_t size : sizes) {
    if (size < 1 || size > static_cast<std::int64_t>(core::Sketch::kMaxBins)) return false;
    bins += static_cast<std::size_t>(size);
  }
  std::vector<std::int64_t> keys(bins);
  std::vector<std::int64_t> counts(bins);
  if (!take_ints(in, keys) || !take_ints(in, counts) || in.left() != 0) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    std::vector<core::Sketch::Bin> own;
    std::int64_t key = 0;
    for (std::int64_t bin = 0; bin < sizes[i]; ++bin, ++at) {
      if (keys[at] < INT32_MIN || keys[at] > INT32_MAX || counts[at] < 1 || counts[at] > UINT32_MAX) return false;
      key += keys[at];
      if (key < INT32_MIN || key > INT32_MAX) return false;
      own.push_back({static_cast<std::int32_t>(key), static_cast<std::uint32_t>(counts[at])});
    }
    if (levels[i] < 0 || levels[i] > core::Sketch::kMostLevels) return false;
    auto sketch = core::Sketch::of(static_cast<int>(levels[i]), std::move(own));
    if (!sketch) return false;
    buckets[i].sketch = std::move(*sketch);
  }
  return true;
}

bool has_doubts(const std::vector<TierBucket>& buckets) {
  return std::any_of(buckets.begin(), buckets.end(), [](const TierBucket& one) { return one.bucket.uncertain; });
}

std::string body_of(const std::vector<TierBucket>& buckets, std::int64_t step) {
  std::string out;
  ByteWriter(out).varint(buckets.size());
  std::vector<std::int64_t> ints(buckets.size());
  std::vector<double> doubles(buckets.size());
  const auto put_column = [&](const auto& of) {
    for (std::size_t i = 0; i < buckets.size(); ++i) ints[i] = of(buckets[i].bucket);
    put_ints(out, ints, Effort::kBest);
  };
  const auto put_values = [&](const auto& of) {
    for (std::size_t i = 0; i < buckets.size(); ++i) doubles[i] = of(buckets[i].bucket);
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
  if (step >= kSketchFrom) ByteWriter(out).text(sketches_of(buckets));
  if (has_doubts(buckets)) put_column([](const Bucket& bucket) { return std::int64_t{bucket.uncertain ? 1 : 0}; });
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
  const bool doubts =
      std::any_of(series.begin(), series.end(), [](const SeriesBuckets& one) { return has_doubts(one.buckets); });
  std::string data(1, static_cast<char>(doubts ? kWithDoubts : kVersion));
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
  const auto version = in.fixed<std::uint8_t>();
  if (version != kVersion && version != kWithDoubts) return corrupt("its version is unknown");
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

core::Result<void> decode_buckets(std::string_view body, std::int64_t step, bool sketches,
                                  std::vector<TierBucket>& out) {
  ByteReader in(body);
  const std::uint64_t size = in.varint();
  if (!in.ok() || size == 0 || size > kMostBuckets) return corrupt("the number of buckets");
  out.assign(size, {});
  std::vector<std::int64_t> ints(size);
  std::vector<double> doubles(size);
  bool good = true;
  const auto take_column = [&](const auto& put) {
    good = good && take_ints(in, ints);
    for (std::size_t i = 0; i < size && good; ++i) put(out[i].bucket, ints[i]);
  };
  const auto take_values = [&](const auto& put) {
    bool callers_bit = false;
    good = good && take_doubles(in, doubles, callers_bit) && !callers_bit;
    for (std::size_t i = 0; i < size && good; ++i) put(out[i].bucket, doubles[i]);
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
  if (!good) return corrupt("the buckets");
  if (in.left() != 0 && step >= kSketchFrom) {
    const std::string_view spread = in.text();
    if (!in.ok() || (sketches && !take_sketches(spread, out))) return corrupt("the sketches");
  }
  if (in.left() == 0) return {};
  take_column([&](Bucket& bucket, std::int64_t flag) {
    good = good && (flag == 0 || flag == 1);
    bucket.uncertain = flag == 1;
  });
  return good && in.left() == 0 ? core::Result<void>() : corrupt("the uncertain buckets");
}

}  // namespace telltale::store
