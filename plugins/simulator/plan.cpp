#include "plugins/simulator/plan.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>

#include <telltale/cpp/host.hpp>

namespace telltale::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::size_t kMaxSeries = 65'536;  // of one instance, by the ABI
constexpr std::size_t kMaxStates = 64;
constexpr nanoseconds kShortestEvery{1000};

WaveSpec wave_from(const Options& options) {
  WaveSpec wave{.name = std::string(options.text("name")),
                .unit = std::string(options.text("unit")),
                .offset = options.number("offset"),
                .amplitude = options.number("amplitude"),
                .period = options.duration("period"),
                .noise = options.number("noise"),
                .title = std::string(options.text("title"))};
  const auto refuse = [&](const std::string& why) { throw ConfigError("wave '" + wave.name + "': " + why); };
  const auto shape = shape_from(options.text("shape"));
  if (!shape) refuse("unknown shape");
  wave.shape = *shape;
  if (options.has("decimals")) wave.decimals = static_cast<int>(options.integer("decimals"));
  if (options.has("every")) wave.every = options.duration("every");
  const std::vector<std::string> states = options.texts("states");
  const std::vector<std::string> texts = options.texts("texts");
  if (wave.shape == Shape::kState) {
    if (states.empty() || states.size() > kMaxStates) refuse("a state needs 1 to 64 states");
    wave.texts = states;
  } else if (!states.empty()) {
    refuse("states are of shape state only");
  }
  if (wave.shape == Shape::kEvent) {
    if (texts.empty()) refuse("an event needs texts");
    wave.texts = texts;
  } else if (!texts.empty()) {
    refuse("texts are of shape event only");
  }
  return wave;
}

void read_gaps(const Options& options, Plan& plan) {
  if (!options.has("gaps")) return;
  const Options gaps = options.at("gaps");
  if (!gaps.has("every") && !gaps.has("for")) return;
  if (!gaps.has("every") || !gaps.has("for")) throw ConfigError("gaps: needs both every and for");
  plan.gap_every = gaps.duration("every");
  plan.gap_for = gaps.duration("for");
  if (plan.gap_for >= plan.gap_every) throw ConfigError("gaps: for must be shorter than every");
}

}  // namespace

Plan make_plan(const Options& options) {
  Plan plan;
  plan.seed = static_cast<std::uint64_t>(options.integer("seed"));
  plan.copies = static_cast<std::uint32_t>(options.integer("count"));
  plan.every = options.duration("every");
  plan.faults = options.number("faults");
  std::set<std::string> names;
  for (const Options& wave : options.items("waves")) {
    plan.waves.push_back(wave_from(wave));
    if (!names.insert(plan.waves.back().name).second) {
      throw ConfigError("wave '" + plan.waves.back().name + "': there are two of that name");
    }
  }
  if (plan.waves.empty()) plan.waves = demo_plant();
  if (plan.waves.size() * plan.copies > kMaxSeries) throw ConfigError("count: more than 65,536 series in all");
  if (options.has("rate")) {
    // Events happen when they happen: the others make the rate.
    const auto steady = std::count_if(plan.waves.begin(), plan.waves.end(),
                                      [](const WaveSpec& wave) { return wave.shape != Shape::kEvent; });
    const double series = static_cast<double>(std::max<std::ptrdiff_t>(steady, 1)) * plan.copies;
    const auto interval = std::llround(1e9 * series / options.number("rate"));
    plan.every = std::max(kShortestEvery, nanoseconds(interval));
    for (WaveSpec& wave : plan.waves) wave.every.reset();
  }
  read_gaps(options, plan);
  return plan;
}

std::vector<WaveSpec> demo_plant() {
  return {
      {.name = "plant.oven.temperature",
       .shape = Shape::kSine,
       .unit = "°C",
       .offset = 180,
       .amplitude = 15,
       .period = minutes(10),
       .noise = 0.3,
       .decimals = 1,
       .title = "Oven temperature"},
      {.name = "plant.line.pressure",
       .shape = Shape::kWalk,
       .unit = "bar",
       .offset = 6,
       .amplitude = 1,
       .period = minutes(5),
       .noise = 0.01,
       .decimals = 2,
       .title = "Line pressure"},
      {.name = "plant.press.power",
       .shape = Shape::kSquare,
       .unit = "kW",
       .offset = 12,
       .amplitude = 8,
       .period = seconds(40),
       .noise = 0.4,
       .decimals = 1,
       .title = "Press power"},
      {.name = "plant.cooling.flow",
       .shape = Shape::kSteps,
       .unit = "l/min",
       .offset = 24,
       .amplitude = 6,
       .period = minutes(1),
       .noise = 0.2,
       .decimals = 1,
       .title = "Cooling water"},
      {.name = "plant.tank.level",
       .shape = Shape::kRamp,
       .unit = "%",
       .offset = 50,
       .amplitude = 40,
       .period = minutes(5),
       .decimals = 1,
       .title = "Tank level"},
      {.name = "plant.press.parts",
       .shape = Shape::kCounter,
       .amplitude = 30,
       .period = minutes(1),
       .title = "Parts made"},
      {.name = "plant.machine",
       .shape = Shape::kState,
       .period = seconds(30),
       .texts = {"running", "idle", "setup", "fault"},
       .title = "Machine"},
      {.name = "plant.door",
       .shape = Shape::kEvent,
       .period = seconds(45),
       .texts = {"opened", "closed"},
       .title = "Door"},
  };
}

}  // namespace telltale::simulator
