// The input: publishes what the generator makes, in time, in batches.
#pragma once

#include <chrono>
#include <vector>

#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/plugin.hpp>

#include "plugins/simulator/generator.h"
#include "plugins/simulator/plan.h"
#include "plugins/simulator/simulator_options.h"

namespace telltale::simulator {

class SimulatorInput : public StreamingInput {
 public:
  static constexpr PluginInfo kInfo{"simulator", "0.1.0",
                                    "Makes readings: waves, counters, states, events, gaps, faults."};
  static constexpr auto& kOptions = kOptionTable;

  explicit SimulatorInput(Host host);
  void run(int stop_fd) override;

 private:
  [[nodiscard]] SeriesSpec spec_of(const WaveSpec& wave, std::uint32_t copy) const;
  void publish_until(std::chrono::nanoseconds time);

  Host host_;
  Plan plan_;
  Generator generator_;
  Batch batch_;
  std::vector<Series> series_;
  std::chrono::nanoseconds start_{};  // on the boot clock: when time 0 of the generator is
};

}  // namespace telltale::simulator
