// Numbers that look random and are the same for the same seed, on every machine and with every standard library.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace telltale::simulator {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t bits() {
    state_ += kGolden;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  // 0 <= x < 1.
  [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  // -1 <= x < 1.
  [[nodiscard]] double symmetric() { return 2 * uniform() - 1; }
  // Mean 0, standard deviation 1 (Box and Muller).
  [[nodiscard]] double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;
  std::uint64_t state_;
};

// A seed of its own for each series: neighbours share nothing. FNV-1a over the name.
[[nodiscard]] inline std::uint64_t seed_of(std::uint64_t seed, std::string_view name, std::uint64_t copy) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  Random mixed(seed ^ hash);
  return mixed.bits() ^ (copy * 0xd1342543de82ef95U);
}

}  // namespace telltale::simulator
