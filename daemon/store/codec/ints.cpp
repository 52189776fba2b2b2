#include "daemon/store/codec/ints.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "daemon/store/codec/bits.h"
#include "daemon/store/codec/packing.h"
#include "daemon/store/codec/zstd.h"

namespace telltale::store {

namespace {

using Numbers = std::vector<std::int64_t>;

// The mode byte: transform in bits 0 and 1, packing in bits 2 to 4, bit 5: there is a divisor.
enum Transform : std::uint8_t { kPlain = 0, kDelta = 1, kDelta2 = 2 };
enum Packing : std::uint8_t { kSame = 0, kRuns = 1, kDictionary = 2, kZstd = 3, kDictionaryZstd = 4 };
constexpr std::uint8_t kDivisor = 0x20;
constexpr std::size_t kMostWords = 256;
constexpr std::size_t kWorthZstd = 96;

struct Coded {
  std::uint8_t mode = 0;
  std::string bytes;
};

// What all distances from the first have in common; 1 when nothing, or when it is not worth its byte.
std::uint64_t common_divisor(std::span<const std::int64_t> values) {
  std::uint64_t divisor = 0;
  for (const std::int64_t value : values) {
    const std::int64_t distance = wrapping_sub(value, values.front());
    const std::uint64_t size =
        distance < 0 ? ~static_cast<std::uint64_t>(distance) + 1 : static_cast<std::uint64_t>(distance);
    divisor = std::gcd(divisor, size);
    if (divisor == 1) return 1;
  }
  return divisor > INT64_MAX ? 1 : std::max<std::uint64_t>(divisor, 1);
}

Numbers differences(const Numbers& numbers) {
  Numbers out(numbers.size());
  std::int64_t previous = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    out[i] = wrapping_sub(numbers[i], previous);
    previous = numbers[i];
  }
  return out;
}

bool all_same(std::span<const std::int64_t> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [&](std::int64_t n) { return n == numbers.front(); });
}

// `steps` behind the first, which the transform needs whole, are packed. kDelta2 keeps the first difference apart.
std::span<const std::int64_t> packed_part(const Numbers& steps, Transform transform) {
  return std::span(steps).subspan(transform == kDelta2 && !steps.empty() ? 1 : 0);
}

Coded code(Transform transform, const Numbers& steps) {
  Coded out;
  out.mode = transform;
  ByteWriter bytes(out.bytes);
  if (transform == kDelta2 && !steps.empty()) bytes.signed_varint(steps.front());
  const auto part = packed_part(steps, transform);
  if (part.empty()) return out;
  if (all_same(part)) {
    bytes.signed_varint(part.front());
    return out;
  }
  out.mode |= kRuns << 2U;
  put_runs(out.bytes, part);
  return out;
}

Coded code_zstd(Transform transform, const Numbers& steps) {
  Coded out;
  std::string raw;
  ByteWriter bytes(raw);
  for (const std::int64_t step : packed_part(steps, transform)) bytes.signed_varint(step);
  ByteWriter head(out.bytes);
  if (transform == kDelta2) head.signed_varint(steps.front());
  const std::string packed = compress(raw);
  out.mode = static_cast<std::uint8_t>(transform | (kZstd << 2U));
  head.text(packed);
  return out;
}

// Empty bytes: too many different ones.
Coded code_dictionary(const Numbers& numbers, Effort effort) {
  Coded out;
  Numbers words = numbers;
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.size() > kMostWords || words.size() * 4 > numbers.size()) return out;
  ByteWriter bytes(out.bytes);
  bytes.varint(words.size());
  for (const std::int64_t step : differences(words)) bytes.signed_varint(step);
  std::string indices;
  for (const std::int64_t number : numbers) {
    indices.push_back(static_cast<char>(std::lower_bound(words.begin(), words.end(), number) - words.begin()));
  }
  const auto width = static_cast<unsigned>(std::bit_width(words.size() - 1));
  out.mode = kDictionary << 2U;
  if (effort == Effort::kBest) {
    const std::string packed = compress(indices);
    if (packed.size() + 2 < (indices.size() * width + 7) / 8) {
      out.mode = kDictionaryZstd << 2U;
      bytes.text(packed);
      return out;
    }
  }
  BitWriter bits(out.bytes);
  for (const char index : indices) bits.put(static_cast<std::uint8_t>(index), width);
  return out;
}

void keep_smaller(Coded& best, Coded other) {
  if (!other.bytes.empty() && other.bytes.size() < best.bytes.size()) best = std::move(other);
}

// Of the distances behind the first value.
Coded best_of(const Numbers& numbers, Effort effort) {
  const Numbers deltas = differences(numbers);
  Coded best = code(kPlain, numbers);
  if (numbers.empty() || all_same(numbers)) return best;
  keep_smaller(best, code(kDelta, deltas));
  keep_smaller(best, code(kDelta2, differences(deltas)));
  if (effort == Effort::kQuick || numbers.size() < kWorthZstd || best.bytes.size() < 32) return best;
  keep_smaller(best, code_dictionary(numbers, effort));
  keep_smaller(best, code_zstd(kPlain, numbers));
  keep_smaller(best, code_zstd(kDelta, deltas));
  return best;
}

bool take_dictionary(ByteReader& in, bool zstd, std::span<std::int64_t> numbers) {
  const std::uint64_t size = in.varint();
  if (size < 1 || size > kMostWords) return false;
  Numbers words(size);
  std::int64_t word = 0;
  for (std::int64_t& entry : words) entry = word = wrapping_add(word, in.signed_varint());
  if (zstd) {
    std::string indices;
    if (!decompress(in.text(), numbers.size(), indices) || indices.size() != numbers.size()) return false;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto index = static_cast<std::uint8_t>(indices[i]);
      if (index >= size) return false;
      numbers[i] = words[index];
    }
    return in.ok();
  }
  const auto width = static_cast<unsigned>(std::bit_width(size - 1));
  BitReader bits(in.rest());
  for (std::int64_t& number : numbers) {
    const std::uint64_t index = bits.get(width);
    if (index >= size) return false;
    number = words[index];
  }
  if (!bits.ok()) return false;
  (void)in.take(bits.bytes_used());
  return in.ok();
}

bool take_zstd(ByteReader& in, std::span<std::int64_t> numbers) {
  std::string raw;
  if (!decompress(in.text(), numbers.size() * 10, raw)) return false;
  ByteReader bytes(raw);
  for (std::int64_t& number : numbers) number = bytes.signed_varint();
  return bytes.ok() && bytes.left() == 0;
}

bool take_packed(ByteReader& in, std::uint8_t packing, std::span<std::int64_t> part) {
  if (part.empty()) return packing == kSame;
  switch (packing) {
    case kSame:
      std::fill(part.begin(), part.end(), in.signed_varint());
      return in.ok();
    case kRuns:
      return take_runs(in, part);
    case kDictionary:
    case kDictionaryZstd:
      return take_dictionary(in, packing == kDictionaryZstd, part);
    case kZstd:
      return take_zstd(in, part);
    default:
      return false;
  }
}

void sum_up(std::span<std::int64_t> numbers) {
  std::int64_t sum = 0;
  for (std::int64_t& number : numbers) number = sum = wrapping_add(sum, number);
}

}  // namespace

void put_ints(std::string& out, std::span<const std::int64_t> values, Effort effort) {
  const std::uint64_t divisor = common_divisor(values);
  Numbers numbers;
  numbers.reserve(values.size());
  for (const std::int64_t value : values.subspan(1)) {
    numbers.push_back(wrapping_sub(value, values.front()) / static_cast<std::int64_t>(divisor));
  }
  const Coded best = best_of(numbers, effort);
  ByteWriter bytes(out);
  bytes.fixed(static_cast<std::uint8_t>(best.mode | (divisor > 1 ? kDivisor : 0)));
  bytes.signed_varint(values.front());
  if (divisor > 1) bytes.varint(divisor);
  out += best.bytes;
}

bool take_ints(ByteReader& in, std::span<std::int64_t> values) {
  const auto mode = in.fixed<std::uint8_t>();
  const std::int64_t first = in.signed_varint();
  const std::uint64_t divisor = (mode & kDivisor) != 0 ? in.varint() : 1;
  const auto transform = static_cast<std::uint8_t>(mode & 3U);
  if (!in.ok() || mode >= 2 * kDivisor || transform > kDelta2) return false;
  auto rest = values.subspan(1);
  values.front() = first;
  auto part = rest;
  if (transform == kDelta2) {
    if (rest.empty()) return false;
    rest.front() = in.signed_varint();
    part = rest.subspan(1);
  }
  if (!take_packed(in, static_cast<std::uint8_t>((mode >> 2U) & 7U), part)) return false;
  if (transform != kPlain) sum_up(rest);
  if (transform == kDelta2) sum_up(rest);
  for (std::int64_t& value : rest) {
    value = wrapping_add(first, wrapping_mul(value, static_cast<std::int64_t>(divisor)));
  }
  return in.ok();
}

}  // namespace telltale::store
