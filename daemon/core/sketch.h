// Quantiles of any number of readings in bounded memory: a DDSketch (Masson, Rim and Lee, VLDB 2019) for values of
// both signs and zero. What it answers is within 1 % of the value at that rank.
//
// A bin holds what lies within 2 % of itself, so the number of bins goes with the logarithm of the values' range. Past
// kMaxBins neighbours are united, which doubles the error of all (as in UDDSketch, Epicoco et al., 2020): 1,024 bins at
// 1 % are values from 1 to 750 million. Counts are whole numbers: what was taken out leaves no trace.
// One owner; no thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace telltale::core {

class Sketch {
 public:
  static constexpr double kRelativeError = 0.01;
  static constexpr std::size_t kMaxBins = 1024;
  static constexpr int kMostLevels = 17;  // by then every bin is one of a handful

  struct Bin {
    std::int32_t key;
    std::uint32_t count;  // stays at the most it can hold
  };
  // Of what bins() and level() of another said; nothing when no sketch says that.
  [[nodiscard]] static std::optional<Sketch> of(int level, std::vector<Bin> bins);

  // The bin of a value that is not NaN, in the order of the values; an infinity is in that of the largest double. For
  // whoever adds one value to several sketches.
  [[nodiscard]] static std::int32_t bin_of(double value);

  void add(double value) { add_bin(bin_of(value), 1); }
  void add_bin(std::int32_t bin, std::uint32_t count);
  // Takes out what was added before.
  void remove_bin(std::int32_t bin);
  void merge(const Sketch& other);
  void clear();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Ascending by key.
  [[nodiscard]] const std::vector<Bin>& bins() const { return bins_; }
  // How often neighbours were united.
  [[nodiscard]] int level() const { return level_; }
  // The value at rank floor(q (n - 1)) of n in ascending order, 0 <= q <= 1; NaN of none.
  [[nodiscard]] double quantile(double q) const;
  // The largest relative error at the moment.
  [[nodiscard]] double relative_error() const;

 private:
  std::vector<Bin>::iterator find(std::int32_t key);
  void unite_neighbours();

  std::vector<Bin> bins_;  // ascending by key
  std::uint64_t count_ = 0;
  int level_ = 0;
};

}  // namespace telltale::core
