#include "daemon/core/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

const std::vector<double> kRanks{0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1};

double exact(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

void expect_close(const Sketch& sketch, std::vector<double> values, double error = Sketch::kRelativeError) {
  std::sort(values.begin(), values.end());
  for (const double q : kRanks) {
    const double want = exact(values, q);
    EXPECT_NEAR(sketch.quantile(q), want, std::abs(want) * (error + 1e-9)) << q;
  }
}

TEST(Sketch, OfNothingHasNoQuantile) { EXPECT_TRUE(std::isnan(Sketch().quantile(0.5))); }

TEST(Sketch, KnowsBothSignsAndZero) {
  Sketch sketch;
  std::vector<double> values;
  for (int i = -500; i <= 500; ++i) {
    values.push_back(i * 0.37);
    sketch.add(values.back());
  }
  expect_close(sketch, values);
  EXPECT_EQ(sketch.quantile(0.5), 0.0);
}

TEST(Sketch, HoldsTheSmallestAndTheLargestDoubles) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {Limits::denorm_min(), Limits::min(), 1.0, Limits::max() / 2}) {
    for (const double sign : {-1.0, 1.0}) {
      Sketch sketch;
      sketch.add(sign * value);
      EXPECT_NEAR(sketch.quantile(0.5) / value, sign, 0.0100001) << value;
    }
  }
}

RC_GTEST_PROP(SketchProperty, AnyValuesInAnyParts, ()) {
  const auto seed = *rc::gen::arbitrary<unsigned>();
  const auto count = *rc::gen::inRange(1, 3000);
  const auto spread = *rc::gen::inRange(0, 6);
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(*rc::gen::inRange(-2, 3), 1);
  std::vector<Sketch> parts(3);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    const double value = normal(random) * std::exp(normal(random) * spread / 3.0);
    values.push_back(value);
    parts[random() % 3].add(value);
  }
  Sketch all;
  for (const Sketch& part : parts) all.merge(part);
  RC_ASSERT(all.count() == values.size());
  std::sort(values.begin(), values.end());
  for (const double q : kRanks) {
    const double want = exact(values, q);
    RC_ASSERT(std::abs(all.quantile(q) - want) <= std::abs(want) * (all.relative_error() + 1e-9));
  }
}

TEST(Sketch, StaysWithinItsMemoryAndSaysWhatThatCosts) {
  std::mt19937_64 random(3);
  Sketch sketch;
  Sketch other;
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) {
    const double value =
        std::ldexp(1.0 + static_cast<double>(random() % 1000) / 1000, static_cast<int>(random() % 2000) - 1000) *
        (random() % 2 == 0 ? 1 : -1);
    values.push_back(value);
    (i % 2 == 0 ? sketch : other).add(value);
    ASSERT_LE(sketch.bins().size(), Sketch::kMaxBins);
  }
  sketch.merge(other);
  EXPECT_LE(sketch.bins().size(), Sketch::kMaxBins);
  EXPECT_GT(sketch.relative_error(), Sketch::kRelativeError * 2);
  expect_close(sketch, values, sketch.relative_error());
}

TEST(Sketch, WhatWasTakenOutLeavesNoTrace) {
  Sketch sketch;
  std::vector<double> values;
  for (int i = 1; i <= 1000; ++i) {
    sketch.add(1e300);
    sketch.add(i);
    values.push_back(i);
  }
  for (int i = 1; i <= 1000; ++i) sketch.remove_bin(Sketch::bin_of(1e300));
  EXPECT_EQ(sketch.count(), 1000U);
  expect_close(sketch, values);
}

}  // namespace
}  // namespace telltale::core
