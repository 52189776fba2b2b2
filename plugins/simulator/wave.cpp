#include "plugins/simulator/wave.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace telltale::simulator {
namespace {

constexpr std::array<std::pair<std::string_view, Shape>, 11> kShapes{{{"sine", Shape::kSine},
                                                                      {"ramp", Shape::kRamp},
                                                                      {"square", Shape::kSquare},
                                                                      {"steps", Shape::kSteps},
                                                                      {"noise", Shape::kNoise},
                                                                      {"walk", Shape::kWalk},
                                                                      {"constant", Shape::kConstant},
                                                                      {"counter", Shape::kCounter},
                                                                      {"sequence", Shape::kSequence},
                                                                      {"state", Shape::kState},
                                                                      {"event", Shape::kEvent}}};

constexpr std::array<double, 10> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

}  // namespace

std::optional<Shape> shape_from(std::string_view text) {
  const auto found =
      std::find_if(kShapes.begin(), kShapes.end(), [&](const auto& known) { return known.first == text; });
  return found == kShapes.end() ? std::nullopt : std::optional(found->second);
}

Wave::Wave(const WaveSpec& spec, std::uint64_t seed, std::uint32_t copy, std::uint32_t copies,
           std::chrono::nanoseconds every)
    : spec_(&spec),
      random_(seed_of(seed, spec.name, copy)),
      phase_(static_cast<double>(copy) / copies),
      step_(std::chrono::duration<double>(every) / std::chrono::duration<double>(spec.period)),
      level_(spec.offset) {
  (void)dwell_is_over({});  // the first dwell
}

std::optional<Wave::Sample> Wave::next(std::chrono::nanoseconds time) {
  ++readings_;
  switch (spec_->shape) {
    case Shape::kSequence:
      return Sample{spec_->offset + static_cast<double>(readings_ - 1), {}};
    case Shape::kCounter:
      return Sample{count(), {}};
    case Shape::kState:
      if (dwell_is_over(time)) text_ = (text_ + 1) % spec_->texts.size();
      return Sample{static_cast<double>(text_), {}};
    case Shape::kEvent: {
      if (!dwell_is_over(time)) return std::nullopt;
      const std::string& text = spec_->texts[text_];
      text_ = (text_ + 1) % spec_->texts.size();
      return Sample{0, text};
    }
    default:
      break;
  }
  const double turns = std::chrono::duration<double>(time) / std::chrono::duration<double>(spec_->period);
  double value = gauge(turns + phase_);
  if (spec_->noise > 0) value += spec_->noise * random_.normal();
  return Sample{rounded(value), {}};
}

double Wave::gauge(double turns) {
  const double within = turns - std::floor(turns);
  switch (spec_->shape) {
    case Shape::kSine:
      return spec_->offset + spec_->amplitude * std::sin(2 * std::numbers::pi * within);
    case Shape::kRamp:
      return spec_->offset + spec_->amplitude * (2 * within - 1);
    case Shape::kSquare:
      return spec_->offset + (within < 0.5 ? spec_->amplitude : -spec_->amplitude);
    case Shape::kSteps:
      if (const auto turn = static_cast<std::int64_t>(std::floor(turns)); turn != turn_) {
        turn_ = turn;
        level_ = spec_->offset + spec_->amplitude * random_.symmetric();
      }
      return level_;
    case Shape::kNoise:
      return spec_->offset + spec_->amplitude * random_.symmetric();
    case Shape::kWalk:
      return walk();
    default:
      return spec_->offset;
  }
}

// Steps such that it crosses its range in about a period; turned back at the ends.
double Wave::walk() {
  const double low = spec_->offset - spec_->amplitude;
  const double high = spec_->offset + spec_->amplitude;
  level_ += spec_->amplitude * std::sqrt(std::min(step_, 1.0)) * random_.normal();
  if (level_ > high) level_ = high - (level_ - high);
  if (level_ < low) level_ = low + (low - level_);
  level_ = std::clamp(level_, std::min(low, high), std::max(low, high));
  return level_;
}

// From offset up by `amplitude` a period, unevenly; whole numbers unless decimals are asked for.
double Wave::count() {
  const double before = level_;
  level_ += std::abs(spec_->amplitude) * step_ * 2 * random_.uniform();
  return spec_->decimals ? rounded(before) : std::floor(before);
}

bool Wave::dwell_is_over(std::chrono::nanoseconds time) {
  if (dwell_end_ != std::chrono::nanoseconds{} && time < dwell_end_) return false;
  const double dwell = static_cast<double>(spec_->period.count()) * (0.5 + random_.uniform());
  dwell_end_ = time + std::chrono::nanoseconds(std::max<std::int64_t>(1, std::llround(dwell)));
  return true;
}

double Wave::rounded(double value) const {
  if (!spec_->decimals) return value;
  const double power = kPowers[static_cast<std::size_t>(std::clamp(*spec_->decimals, 0, 9))];
  const double scaled = value * power;
  return std::abs(scaled) < 0x1p52 ? std::round(scaled) / power : value;
}

}  // namespace telltale::simulator
