#include "daemon/core/sketch.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace telltale::core {

namespace {

constexpr double kGamma = (1 + Sketch::kRelativeError) / (1 - Sketch::kRelativeError);
// Makes the number of a bin positive for every magnitude of a double, so that the sign is the value's. Bin k of the
// finest level holds magnitudes in (gamma^(k-1-kShift), gamma^(k-kShift)].
constexpr std::int32_t kShift = 1 << 16;
constexpr std::int32_t kFarthest = 1 << 17;  // beyond the bin of any double

double log_gamma() {
  static const double kLog = std::log(kGamma);
  return kLog;
}

// Bins 2k - 1 and 2k become bin k, of either sign.
std::int32_t united(std::int32_t key) { return key > 0 ? (key + 1) / 2 : (key - 1) / 2; }

std::int32_t at_level(std::int32_t key, int level) {
  for (int i = 0; i < level; ++i) key = united(key);
  return key;
}

std::uint32_t capped_sum(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t sum = a + b;
  return sum < a ? std::numeric_limits<std::uint32_t>::max() : sum;
}

// The value with the same relative distance to both ends of the bin.
double value_of(std::int32_t key, int level) {
  if (key == 0) return 0;
  const double width = std::ldexp(1.0, level);
  const double upper = std::abs(key) * width - kShift;
  const double ratio = std::exp(-width * log_gamma());  // lower end to upper end
  const double middle = std::exp(upper * log_gamma() + std::log(2 * ratio / (1 + ratio)));
  return key > 0 ? middle : -middle;
}

}  // namespace

std::optional<Sketch> Sketch::of(int level, std::vector<Bin> bins) {
  if (level < 0 || level > kMostLevels || bins.size() > kMaxBins) return std::nullopt;
  Sketch out;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (bins[i].key < -kFarthest || bins[i].key > kFarthest || bins[i].count == 0) return std::nullopt;
    if (i > 0 && bins[i].key <= bins[i - 1].key) return std::nullopt;
    out.count_ += bins[i].count;
  }
  out.level_ = level;
  out.bins_ = std::move(bins);
  return out;
}

std::int32_t Sketch::bin_of(double value) {
  if (value == 0) return 0;
  static const double kInverse = 1 / log_gamma();
  const double size = std::min(std::abs(value), std::numeric_limits<double>::max());  // an infinity has no logarithm
  const auto key = static_cast<std::int32_t>(std::ceil(std::log(size) * kInverse)) + kShift;
  return value > 0 ? key : -key;
}

std::vector<Sketch::Bin>::iterator Sketch::find(std::int32_t key) {
  return std::lower_bound(bins_.begin(), bins_.end(), key,
                          [](const Bin& bin, std::int32_t wanted) { return bin.key < wanted; });
}

void Sketch::add_bin(std::int32_t bin, std::uint32_t count) {
  const std::int32_t key = at_level(bin, level_);
  const auto place = find(key);
  count_ += count;
  if (place != bins_.end() && place->key == key) {
    place->count = capped_sum(place->count, count);
    return;
  }
  bins_.insert(place, {key, count});
  while (bins_.size() > kMaxBins) unite_neighbours();
}

void Sketch::remove_bin(std::int32_t bin) {
  const std::int32_t key = at_level(bin, level_);
  const auto place = find(key);
  if (place == bins_.end() || place->key != key) return;
  --count_;
  if (--place->count == 0) bins_.erase(place);
}

void Sketch::unite_neighbours() {
  ++level_;
  std::size_t kept = 0;
  for (const Bin& old : bins_) {
    const Bin bin{united(old.key), old.count};
    if (kept > 0 && bins_[kept - 1].key == bin.key) {
      bins_[kept - 1].count = capped_sum(bins_[kept - 1].count, bin.count);
    } else {
      bins_[kept++] = bin;
    }
  }
  bins_.resize(kept);
}

void Sketch::merge(const Sketch& other) {
  while (level_ < other.level_) unite_neighbours();
  std::vector<Bin> merged;
  merged.reserve(bins_.size() + other.bins_.size());
  auto mine = bins_.begin();
  const auto put = [&merged](Bin bin) {
    if (!merged.empty() && merged.back().key == bin.key) {
      merged.back().count = capped_sum(merged.back().count, bin.count);
    } else {
      merged.push_back(bin);
    }
  };
  for (const Bin& theirs : other.bins_) {
    const Bin bin{at_level(theirs.key, level_ - other.level_), theirs.count};
    while (mine != bins_.end() && mine->key <= bin.key) put(*mine++);
    put(bin);
  }
  while (mine != bins_.end()) put(*mine++);
  bins_ = std::move(merged);
  count_ += other.count_;
  while (bins_.size() > kMaxBins) unite_neighbours();
}

void Sketch::clear() {
  bins_.clear();
  count_ = 0;
  level_ = 0;
}

double Sketch::quantile(double q) const {
  std::uint64_t held = 0;
  for (const Bin& bin : bins_) held += bin.count;
  if (held == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto rank = static_cast<std::uint64_t>(std::floor(q * static_cast<double>(held - 1)));
  std::uint64_t upto = 0;
  for (const Bin& bin : bins_) {
    upto += bin.count;
    if (upto > rank) return value_of(bin.key, level_);
  }
  return value_of(bins_.back().key, level_);
}

double Sketch::relative_error() const {
  const double gamma = std::exp(std::ldexp(log_gamma(), level_));
  return std::isinf(gamma) ? 1 : (gamma - 1) / (gamma + 1);
}

}  // namespace telltale::core
