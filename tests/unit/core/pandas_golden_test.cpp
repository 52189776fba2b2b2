// Windows, buckets and exponential means against what pandas makes of the same readings, within 1e-9; quantiles within
// the sketch's 1 %. TELLTALE_GOLDEN_SERIES=10000 has pandas make that many on the spot.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/core/ewm.h"
#include "daemon/core/resample.h"
#include "daemon/core/rolling.h"

namespace telltale::core {
namespace {

const std::string kData = TELLTALE_SOURCE_DIR "/tests/data/pandas/";

WallTime wall(std::int64_t ns) { return WallTime(Duration(ns)); }

double tolerance(Stat stat, double expected) {
  const double share = quantile_of(stat) ? Sketch::kRelativeError * 1.000001 : 1e-9;
  return share * (quantile_of(stat) ? std::abs(expected) : std::max(1.0, std::abs(expected)));
}

double number(std::istream& in) {
  std::string text;
  in >> text;
  return std::strtod(text.c_str(), nullptr);
}

// One series of the file, and how many numbers were compared.
class Golden {
 public:
  void take(const std::string& line) {
    std::istringstream in(line);
    std::string what;
    in >> what;
    line_ = &line;
    if (what == "series") return begin(in);
    if (what == "t") return times(in);
    if (what == "v") return values(in);
    if (what == "rolling") return rolling(in);
    if (what == "resample") return resample(in);
    if (what == "ewm") {
      const double alpha = number(in);
      return ewm(in, Ewm::with_alpha(alpha, number(in) != 0));
    }
    if (what == "ewm_time") {
      std::int64_t half_life = 0;
      in >> half_life;
      return ewm(in, Ewm::with_half_life(Duration(half_life)));
    }
    ADD_FAILURE() << "a line of an unknown kind: " << line;
  }
  [[nodiscard]] std::size_t series() const { return series_; }
  [[nodiscard]] std::size_t compared() const { return compared_; }

 private:
  void begin(std::istream& in) {
    std::string zone;
    in >> base_ >> zone;
    auto loaded = TimeZone::load(zone);
    ASSERT_TRUE(loaded) << zone;
    zone_ = *loaded;
    samples_.clear();
    ++series_;
  }
  void times(std::istream& in) {
    for (std::int64_t t = 0; in >> t;) samples_.push_back({wall(base_ + t), 0});
  }
  void values(std::istream& in) {
    for (Sample& sample : samples_) sample.value = number(in);
  }
  void compare(double got, double expected, double allowed) {
    ++compared_;
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(got)) << *line_;
    } else {
      EXPECT_NEAR(got, expected, allowed) << *line_;
    }
  }
  void rolling(std::istream& in) {
    std::string closed;
    std::string name;
    Rolling::Options options;
    std::int64_t length = 0;
    in >> closed >> name >> options.min_periods >> length;
    options.closed = closed_from(closed).value();
    options.stat = {stat_from(name).value(), Duration(length)};
    Rolling window(options);
    for (const Sample& sample : samples_) {
      window.add(sample);
      const double expected = number(in);
      compare(window.at(sample.time), expected, tolerance(options.stat.stat, expected));
    }
  }
  void resample(std::istream& in) {
    std::int64_t every = 0;
    std::int64_t at = 0;
    std::string closed;
    std::string label;
    std::string origin;
    std::string name;
    in >> every >> closed >> label >> origin >> at >> name;
    BucketRule rule;
    rule.every = std::chrono::seconds(every);
    rule.closed = closed == "left" ? Side::kLeft : Side::kRight;
    rule.label = label == "left" ? Side::kLeft : Side::kRight;
    rule.origin = origin == "time" ? Origin::kTime : origin_from(origin).value();
    rule.origin_time = wall(at);
    rule.zone = zone_;
    const Stat stat = stat_from(name).value();
    Resampler resampler(Buckets(rule, samples_.front().time, samples_.back().time), stat);
    for (const Sample& sample : samples_) resampler.add(sample);
    std::int64_t t = 0;
    for (const auto& row : resampler.finish()) {
      ASSERT_TRUE(in >> t) << "more buckets than pandas has: " << *line_;
      EXPECT_EQ(row.time, wall(base_ + t)) << *line_;
      const double expected = number(in);
      compare(row.value, expected, tolerance(stat, expected));
    }
    EXPECT_FALSE(in >> t) << "pandas has more buckets: " << *line_;
  }
  void ewm(std::istream& in, Ewm mean) {
    for (const Sample& sample : samples_) {
      const double expected = number(in);
      compare(mean.add(sample), expected, 1e-9 * std::max(1.0, std::abs(expected)));
    }
  }

  std::int64_t base_ = 0;
  TimeZone zone_;
  std::vector<Sample> samples_;
  const std::string* line_ = nullptr;
  std::size_t series_ = 0;
  std::size_t compared_ = 0;
};

TEST(PandasGolden, EveryNumberOfTheFile) {
  std::ifstream file(kData + "golden.txt");
  Golden golden;
  for (std::string line; std::getline(file, line);) golden.take(line);
  EXPECT_GE(golden.series(), 240U);
  EXPECT_GE(golden.compared(), 15'000U);
}

TEST(PandasGolden, AsManySeriesAsAreAskedFor) {
  const char* const wanted = std::getenv("TELLTALE_GOLDEN_SERIES");
  if (wanted == nullptr) GTEST_SKIP() << "TELLTALE_GOLDEN_SERIES is not set";
  const auto count = std::strtoul(wanted, nullptr, 10);
  const std::string seed = std::to_string(std::random_device()());
  const std::string command =
      "/usr/bin/python3 " + kData + "make.py " + std::to_string(count) + " " + seed + " 2>/dev/null";
  if (std::system("/usr/bin/python3 -c 'import pandas' 2>/dev/null") != 0) GTEST_SKIP() << "pandas is not here";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  ASSERT_NE(pipe, nullptr);
  Golden golden;
  std::string line;
  std::array<char, 4096> part{};
  while (std::fgets(part.data(), part.size(), pipe.get()) != nullptr && !HasFailure()) {
    line += part.data();
    if (line.back() != '\n') continue;
    golden.take(line);
    line.clear();
  }
  EXPECT_EQ(golden.series(), count) << "seed " << seed;
}

}  // namespace
}  // namespace telltale::core
