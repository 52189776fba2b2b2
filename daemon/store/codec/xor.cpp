#include "daemon/store/codec/xor.h"

#include <bit>
#include <cstdint>

#include "daemon/store/codec/bits.h"

namespace telltale::store {

// Per value behind the first: 0: the same; 1 0: the changed bits lie where they lay last time; 1 1: six bits of zeros
// above, six bits of width less one, then the changed bits.
void put_xor(std::string& out, std::span<const double> values) {
  BitWriter bits(out);
  std::uint64_t previous = 0;
  unsigned above = 64;
  unsigned below = 64;
  for (const double value : values) {
    const auto now = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t changed = now ^ previous;
    previous = now;
    bits.put(changed == 0 ? 0 : 1, 1);
    if (changed == 0) continue;
    const auto zeros_above = static_cast<unsigned>(std::countl_zero(changed));
    const auto zeros_below = static_cast<unsigned>(std::countr_zero(changed));
    const bool fits = zeros_above >= above && zeros_below >= below;
    bits.put(fits ? 0 : 1, 1);
    if (!fits) {
      above = zeros_above;
      below = zeros_below;
      bits.put(above, 6);
      bits.put(64 - above - below - 1, 6);
    }
    bits.put(changed >> below, 64 - above - below);
  }
}

bool take_xor(ByteReader& in, std::span<double> values) {
  BitReader bits(in.rest());
  std::uint64_t previous = 0;
  unsigned above = 0;
  unsigned width = 64;
  for (double& value : values) {
    if (bits.get(1) == 1) {
      if (bits.get(1) == 1) {
        above = static_cast<unsigned>(bits.get(6));
        width = static_cast<unsigned>(bits.get(6)) + 1;
        if (above + width > 64) return false;
      }
      previous ^= bits.get(width) << (64 - above - width);
    }
    value = std::bit_cast<double>(previous);
  }
  if (!bits.ok()) return false;
  (void)in.take(bits.bytes_used());
  return true;
}

}  // namespace telltale::store
