#include "plugins/simulator/simulator_input.h"

#include <algorithm>
#include <string>

#include <telltale/cpp/stop.hpp>

namespace telltale::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Above this lag (a stopped process, a suspended machine, a rate that the machine cannot do) the missed time is left
// out rather than made up for.
constexpr nanoseconds kMostLag = seconds(1);
// Faster waves are published in batches of this many milliseconds.
constexpr nanoseconds kShortestWait = milliseconds(1);

std::uint32_t kind_of(Shape shape) {
  switch (shape) {
    case Shape::kCounter:
    case Shape::kSequence:
      return TELLTALE_KIND_COUNTER;
    case Shape::kState:
      return TELLTALE_KIND_STATE;
    case Shape::kEvent:
      return TELLTALE_KIND_EVENT;
    default:
      return TELLTALE_KIND_GAUGE;
  }
}

}  // namespace

SimulatorInput::SimulatorInput(Host host)
    : host_(host), plan_(make_plan(host.options())), generator_(plan_), batch_(host) {
  for (const WaveSpec& wave : plan_.waves) {
    for (std::uint32_t copy = 0; copy < plan_.copies; ++copy) series_.push_back(host.declare(spec_of(wave, copy)));
  }
}

SeriesSpec SimulatorInput::spec_of(const WaveSpec& wave, std::uint32_t copy) const {
  SeriesSpec spec{.name = wave.name, .unit = wave.unit, .kind = kind_of(wave.shape), .title = wave.title};
  spec.decimals = wave.decimals.value_or(spec.kind == TELLTALE_KIND_COUNTER ? 0 : -1);
  if (plan_.copies > 1) {
    const std::string number = std::to_string(copy + 1);
    spec.labels.emplace_back("n", number);
    if (!spec.title.empty()) spec.title += " " + number;
  }
  if (wave.shape == Shape::kState) {
    for (const std::string& state : wave.texts) spec.states.emplace_back(std::ssize(spec.states), state);
  }
  return spec;
}

void SimulatorInput::run(int stop_fd) {
  const Stop stop(stop_fd);
  start_ = host_.now();
  host_.ok();
  nanoseconds wait{};
  while (!stop.wait_for(wait)) {
    const nanoseconds now = host_.now();
    if (const nanoseconds lag = now - start_ - generator_.next_due(); lag > kMostLag) {
      start_ += lag;
      host_.count("late.ms", static_cast<std::uint64_t>(lag / milliseconds(1)));
    }
    publish_until(now - start_);
    wait = std::max(kShortestWait, start_ + generator_.next_due() - host_.now());
  }
}

void SimulatorInput::publish_until(nanoseconds time) {
  generator_.advance(time, [&](const Output& output) {
    const Series series = series_[output.series];
    const nanoseconds stamp = start_ + output.time;
    if (output.text) {
      series.publish_text(*output.text, stamp);
      return;
    }
    batch_.stamp(stamp);
    if (output.bad) {
      batch_.add_bad(series);
    } else {
      batch_.add(series, output.value);
    }
  });
  batch_.flush();
}

}  // namespace telltale::simulator
