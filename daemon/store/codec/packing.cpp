#include "daemon/store/codec/packing.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "daemon/store/codec/bits.h"

namespace telltale::store {

namespace {

using Run = std::span<const std::int64_t>;

constexpr std::uint8_t kRice = 0x80;
constexpr unsigned kMostOnes = 24;  // then the number follows whole
constexpr unsigned kMostRice = 40;

struct Choice {
  std::uint8_t code = 0;  // a width, or kRice and a shift
  std::int64_t low = 0;
  std::size_t bits = 0;
};

std::size_t varint_bytes(std::uint64_t value) { return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7; }

Choice packed(Run run) {
  const auto [low, high] = std::minmax_element(run.begin(), run.end());
  const auto range = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  const auto width = static_cast<unsigned>(std::bit_width(range));
  return {static_cast<std::uint8_t>(width), *low, 8 + varint_bytes(zigzag(*low)) * 8 + run.size() * width};
}

std::size_t rice_bits(Run run, unsigned shift) {
  std::size_t bits = 8;
  for (const std::int64_t value : run) {
    const std::uint64_t ones = zigzag(value) >> shift;
    bits += ones < kMostOnes ? ones + 1 + shift : kMostOnes + 64;
  }
  return bits;
}

Choice choose(Run run) {
  Choice best = packed(run);
  std::uint64_t sum = 0;
  for (const std::int64_t value : run) sum += std::min<std::uint64_t>(zigzag(value), std::uint64_t{1} << 50U);
  const std::uint64_t mean = sum / run.size();
  const unsigned middle = mean == 0 ? 0 : static_cast<unsigned>(std::bit_width(mean)) - 1;
  for (unsigned shift = middle == 0 ? 0 : middle - 1; shift <= std::min(middle + 1, kMostRice); ++shift) {
    const std::size_t bits = rice_bits(run, shift);
    if ((bits + 7) / 8 < (best.bits + 7) / 8) best = {static_cast<std::uint8_t>(kRice | shift), 0, bits};
  }
  return best;
}

void put_rice(BitWriter& bits, std::uint64_t number, unsigned shift) {
  const std::uint64_t ones = number >> shift;
  if (ones >= kMostOnes) {
    bits.put(~std::uint64_t{0}, kMostOnes);
    bits.put(number, 64);
    return;
  }
  bits.put((std::uint64_t{1} << ones) - 1, static_cast<unsigned>(ones) + 1);
  bits.put(number, shift);
}

std::uint64_t take_rice(BitReader& bits, unsigned shift) {
  const unsigned ones = bits.unary(kMostOnes);
  if (ones == kMostOnes) return bits.get(64);
  return (std::uint64_t{ones} << shift) | bits.get(shift);
}

template <class Do>
void each_run(Run values, const Do& act) {
  for (std::size_t begin = 0; begin < values.size(); begin += kRunValues) {
    act(values.subspan(begin, std::min(kRunValues, values.size() - begin)));
  }
}

}  // namespace

std::size_t size_of_runs(Run values) {
  std::size_t bytes = 0;
  each_run(values, [&](Run run) { bytes += (choose(run).bits + 7) / 8; });
  return bytes;
}

void put_runs(std::string& out, Run values) {
  each_run(values, [&](Run run) {
    const Choice choice = choose(run);
    ByteWriter bytes(out);
    bytes.fixed(choice.code);
    if ((choice.code & kRice) == 0) bytes.signed_varint(choice.low);
    BitWriter bits(out);
    for (const std::int64_t value : run) {
      if ((choice.code & kRice) != 0) {
        put_rice(bits, zigzag(value), choice.code & 0x7fU);
      } else {
        bits.put(static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(choice.low), choice.code);
      }
    }
  });
}

// A run of which every number, and the eight bytes from its first byte on, lie within `bytes`.
void take_whole(const char* bytes, unsigned width, std::int64_t low, std::span<std::int64_t> run) {
  const std::uint64_t mask = low_bits(~std::uint64_t{0}, width);
  std::size_t at = 0;
  for (std::int64_t& value : run) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at / 8, sizeof word);
    value = wrapping_add(low, static_cast<std::int64_t>((word >> (at % 8)) & mask));
    at += width;
  }
}

bool take_runs(ByteReader& in, std::span<std::int64_t> values) {
  for (std::size_t begin = 0; begin < values.size(); begin += kRunValues) {
    const auto run = values.subspan(begin, std::min(kRunValues, values.size() - begin));
    const auto code = in.fixed<std::uint8_t>();
    const bool rice = (code & kRice) != 0;
    const unsigned width = code & 0x7fU;
    if (width > (rice ? kMostRice : 64U)) return false;
    const std::int64_t low = rice ? 0 : in.signed_varint();
    BitReader bits(in.rest());
    if (!rice && width <= 56 && in.rest().size() * 8 >= run.size() * width + 64) {
      take_whole(in.rest().data(), width, low, run);
      bits.skip(static_cast<unsigned>(run.size()) * width);
    } else if (rice) {
      for (std::int64_t& value : run) value = unzigzag(take_rice(bits, width));
    } else {
      for (std::int64_t& value : run) value = wrapping_add(low, static_cast<std::int64_t>(bits.get(width)));
    }
    if (!in.ok() || !bits.ok()) return false;
    (void)in.take(bits.bytes_used());
  }
  return true;
}

}  // namespace telltale::store
