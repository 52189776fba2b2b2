// The shapes: what a simulated series does over time. Pure: a value depends on the seed, the time since the start and
// the readings before, never on a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/simulator/random.h"

namespace telltale::simulator {

enum class Shape { kSine, kRamp, kSquare, kSteps, kNoise, kWalk, kConstant, kCounter, kSequence, kState, kEvent };
[[nodiscard]] std::optional<Shape> shape_from(std::string_view text);

// Most shapes stay within offset ± amplitude, but for noise.
struct WaveSpec {
  std::string name;
  Shape shape = Shape::kSine;
  std::string unit = {};
  double offset = 0;
  double amplitude = 1;
  std::chrono::nanoseconds period = std::chrono::minutes(1);
  double noise = 0;                  // standard deviation
  std::optional<int> decimals = {};  // values are rounded to it; without it they are not
  std::optional<std::chrono::nanoseconds> every = {};
  std::vector<std::string> texts = {};  // names of a state's values, or texts of an event
  std::string title = {};
};

// One series. Owned by one thread.
class Wave {
 public:
  struct Sample {
    double value = 0;
    std::optional<std::string_view> text;  // of an event; into the spec
  };

  // `copy` of `copies` runs with its own randomness, and shifted by its share of the period. `spec` is borrowed.
  Wave(const WaveSpec& spec, std::uint64_t seed, std::uint32_t copy, std::uint32_t copies,
       std::chrono::nanoseconds every);

  // The next reading, `time` after the start. Nothing when there is none: an event that does not happen.
  [[nodiscard]] std::optional<Sample> next(std::chrono::nanoseconds time);
  [[nodiscard]] const WaveSpec& spec() const { return *spec_; }

 private:
  [[nodiscard]] double gauge(double turns);
  [[nodiscard]] double walk();
  [[nodiscard]] double count();
  // True when a dwell of about a period has passed; draws the next.
  [[nodiscard]] bool dwell_is_over(std::chrono::nanoseconds time);
  [[nodiscard]] double rounded(double value) const;

  const WaveSpec* spec_;
  Random random_;
  double phase_;            // 0 .. 1 of the period
  double step_;             // of time, in periods
  double level_;            // of a walk, of steps, of a counter
  std::int64_t turn_ = -1;  // of steps: the period that level_ belongs to
  std::uint64_t readings_ = 0;
  std::size_t text_ = 0;
  std::chrono::nanoseconds dwell_end_{};
};

}  // namespace telltale::simulator
