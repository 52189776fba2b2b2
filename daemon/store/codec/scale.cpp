#include "daemon/store/codec/scale.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "daemon/store/codec/bytes.h"

namespace telltale::store {

namespace {

constexpr std::array<double, kMostDigits + 1> kPowers = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
constexpr std::int64_t kLikelyResidual = 8;
constexpr std::size_t kSample = 48;

// Doubles by size, as integers: neighbours differ by one, and nothing is lost.
std::int64_t place_of(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits ^ ((bits >> 63) & INT64_MAX);
}
double at_place(std::int64_t place) { return std::bit_cast<double>(place ^ ((place >> 63) & INT64_MAX)); }
std::int64_t place_of(float value) {
  const auto bits = std::bit_cast<std::int32_t>(value);
  return bits ^ ((bits >> 31) & INT32_MAX);
}
float float_at(std::int64_t place) {
  const auto bits = static_cast<std::int32_t>(static_cast<std::uint32_t>(place));
  return std::bit_cast<float>(bits ^ ((bits >> 31) & INT32_MAX));
}

double predicted(const Scale& scale, std::int64_t number) {
  const auto n = static_cast<double>(number);
  if (scale.kind == Scale::Kind::kStep) {
    const double product = n * scale.step;
    return product + scale.offset;
  }
  return n / kPowers.at(scale.digits);
}

struct Hit {
  std::int64_t number = 0;
  std::int64_t residual = 0;
};

bool is_float(double value) {
  return std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()) &&
         std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<float>(value))) ==
             std::bit_cast<std::uint64_t>(value);
}

std::optional<Hit> hit(const Scale& scale, double value) {
  const double scaled =
      scale.kind == Scale::Kind::kStep ? (value - scale.offset) / scale.step : value * kPowers.at(scale.digits);
  const double number = std::nearbyint(scaled);
  if (!(std::abs(number) < kExactIntegers)) return std::nullopt;  // also NaN
  Hit out{static_cast<std::int64_t>(number), 0};
  if (scale.kind == Scale::Kind::kFloat) {
    if (!is_float(value)) return std::nullopt;
    const double guess = predicted(scale, out.number);
    if (!(std::abs(guess) <= static_cast<double>(std::numeric_limits<float>::max()))) return std::nullopt;
    out.residual = place_of(static_cast<float>(value)) - place_of(static_cast<float>(guess));
  } else {
    const std::int64_t there = place_of(value);
    const std::int64_t here = place_of(predicted(scale, out.number));
    if ((there < 0) != (here < 0) && there != -1) return std::nullopt;
    out.residual = there - here;
  }
  if (std::abs(out.residual) > kMostResidual) return std::nullopt;
  return out;
}

std::vector<double> sample_of(std::span<const double> values) {
  std::vector<double> out;
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kSample);
  for (std::size_t i = 0; i < values.size(); i += stride) {
    if (std::isfinite(values[i])) out.push_back(values[i]);
  }
  return out;
}

std::optional<Scale> find_digits(Scale::Kind kind, const std::vector<double>& sample) {
  for (std::uint8_t digits = 0; digits <= kMostDigits; ++digits) {
    const Scale scale{kind, digits};
    std::size_t misses = 0;
    for (const double value : sample) {
      const auto found = hit(scale, value);
      if (!found || std::abs(found->residual) > kLikelyResidual) ++misses;
      if (misses * 8 > sample.size()) break;
    }
    if (misses * 8 <= sample.size()) return scale;
  }
  return std::nullopt;
}

// The largest step of which all distances are multiples, roughly; 0: there is none.
double common_step(const std::vector<double>& sorted) {
  double step = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    double other = sorted[i] - sorted[i - 1];
    const double tolerance = std::max(std::abs(sorted.front()), std::abs(sorted.back())) * 1e-12;
    if (!(other > tolerance)) continue;
    if (step == 0) {
      step = other;
      continue;
    }
    for (int round = 0; round < 40 && other > std::max(tolerance, step * 1e-4); ++round) {
      const double rest = std::abs(std::remainder(step, other));
      step = other;
      other = rest;
    }
    if (step <= tolerance * 16) return 0;
  }
  return step;
}

void find_steps(std::span<const double> values, bool thorough, std::vector<Scale>& out) {
  std::vector<double> sorted(values.begin(), values.end());
  std::erase_if(sorted, [](double value) { return !std::isfinite(value); });
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() < 2) return;
  const double rough = common_step(sorted);
  const double range = sorted.back() - sorted.front();
  if (rough == 0 || !std::isfinite(range) || range / rough > 1e9) return;
  double step = range / std::nearbyint(range / rough);
  const double furthest = std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  const double whole = std::nearbyint(furthest / step);
  const bool from_zero = std::abs(furthest / step - whole) < 0.05;
  if (from_zero && whole > 0) step = furthest / whole;
  const double offset = from_zero ? 0 : sorted.front();
  Scale scale{Scale::Kind::kStep, 0, step, offset};
  out.push_back(scale);
  if (!thorough) return;
  for (const std::int64_t move : {-1, 1, -2, 2}) {
    scale.step = at_place(place_of(step) + move);
    out.push_back(scale);
  }
}

}  // namespace

void values_of(const Scale& scale, std::span<const std::int64_t> numbers, std::span<double> out) {
  if (scale.kind == Scale::Kind::kDecimal) {
    const double power = kPowers.at(scale.digits);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(numbers[i]) / power;
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = value_of(scale, numbers[i], 0);
}

double value_of(const Scale& scale, std::int64_t number, std::int64_t residual) {
  const double guess = predicted(scale, number);
  if (scale.kind != Scale::Kind::kFloat)
    return residual == 0 ? guess : at_place(wrapping_add(place_of(guess), residual));
  return static_cast<double>(float_at(place_of(static_cast<float>(guess)) + residual));
}

std::optional<Fit> fit(const Scale& scale, std::span<const double> values) {
  Fit out;
  out.scale = scale;
  out.numbers.reserve(values.size());
  out.residuals.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found = hit(scale, values[i]);
    if (!found) {
      out.exceptions.push_back(i);
      if (out.exceptions.size() > values.size() / 4 + 1) return std::nullopt;
    }
    out.numbers.push_back(found ? found->number : (i == 0 ? 0 : out.numbers.back()));
    out.residuals.push_back(found ? found->residual : 0);
    out.exact = out.exact && out.residuals.back() == 0;
  }
  if (!out.exceptions.empty() && out.exceptions.front() == 0) {
    // The first number must not stand far from the others.
    std::size_t good = 0;
    while (good < out.exceptions.size() && out.exceptions[good] == good) ++good;
    for (std::size_t i = 0; i < good && good < values.size(); ++i) out.numbers[i] = out.numbers[good];
  }
  return out;
}

std::vector<Scale> find_scales(std::span<const double> values, bool thorough) {
  std::vector<Scale> out;
  const auto sample = sample_of(values);
  if (sample.empty()) return out;
  const auto decimal = find_digits(Scale::Kind::kDecimal, sample);
  if (decimal) out.push_back(*decimal);
  const bool easy = decimal && decimal->digits <= 4;
  if (easy && !thorough) return out;
  if (!easy && std::all_of(sample.begin(), sample.end(), is_float)) {
    if (const auto digits = find_digits(Scale::Kind::kFloat, sample)) out.push_back(*digits);
  }
  find_steps(values, thorough, out);
  return out;
}

}  // namespace telltale::store
