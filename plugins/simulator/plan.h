// What the user asked for, checked: from the options to waves.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <telltale/cpp/options.hpp>

#include "plugins/simulator/wave.h"

namespace telltale::simulator {

struct Plan {
  std::vector<WaveSpec> waves;
  std::uint64_t seed = 1;
  std::uint32_t copies = 1;
  std::chrono::nanoseconds every = std::chrono::seconds(1);
  double faults = 0;                     // share of readings that are bad
  std::chrono::nanoseconds gap_every{};  // 0: no gaps
  std::chrono::nanoseconds gap_for{};    // at the end of each gap_every

  [[nodiscard]] std::chrono::nanoseconds every_of(const WaveSpec& wave) const { return wave.every.value_or(every); }
};

// Throws ConfigError with the wave and the reason.
[[nodiscard]] Plan make_plan(const Options& options);

// What runs when no waves are configured: a small plant.
[[nodiscard]] std::vector<WaveSpec> demo_plant();

}  // namespace telltale::simulator
