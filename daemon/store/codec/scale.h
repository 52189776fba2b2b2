// Doubles as integers of a scale: n / 10^k, the float next to it, or n * step + offset, a few units in the last place
// away at most. Pure; any thread. The arithmetic is IEEE 754 double, one rounding an operation: a reader elsewhere gets
// the same bits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace telltale::store {

struct Scale {
  enum class Kind : std::uint8_t { kDecimal, kFloat, kStep } kind = Kind::kDecimal;
  std::uint8_t digits = 0;  // k, 0 to 15; of kDecimal and kFloat
  double step = 0;
  double offset = 0;
};

inline constexpr std::uint8_t kMostDigits = 15;
inline constexpr std::int64_t kMostResidual = 127;

// The value that `number` stands for, `residual` places further.
[[nodiscard]] double value_of(const Scale& scale, std::int64_t number, std::int64_t residual);
// Of many, without residuals; as many of both.
void values_of(const Scale& scale, std::span<const std::int64_t> numbers, std::span<double> out);

struct Fit {
  Scale scale;
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> residuals;
  std::vector<std::size_t> exceptions;  // indices of values that the scale does not reach; their number repeats
  bool exact = true;                    // all residuals are zero
};
// Nothing: the scale misses too many.
[[nodiscard]] std::optional<Fit> fit(const Scale& scale, std::span<const double> values);

// Scales that are worth a try, the likeliest first.
[[nodiscard]] std::vector<Scale> find_scales(std::span<const double> values, bool thorough);

}  // namespace telltale::store
