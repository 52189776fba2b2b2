#include "daemon/rules/accumulate.h"

#include <algorithm>
#include <cmath>

namespace telltale::rules {

std::optional<Accumulator> Accumulator::of(std::string_view function) {
  if (function == "energy") return Accumulator(Kind::kEnergy);
  if (function == "running_hours") return Accumulator(Kind::kRunningHours);
  if (function == "cost") return Accumulator(Kind::kCost);
  if (function == "total") return Accumulator(Kind::kTotal);
  if (function == "difference") return Accumulator(Kind::kDifference);
  return std::nullopt;
}

// Of no step that covers the time: nothing is paid.
double Accumulator::price(core::WallTime time) const {
  if (spec_ == nullptr) return 0;
  const auto local = spec_->time_zone.to_local(time);
  const auto found = std::find_if(spec_->tariff.begin(), spec_->tariff.end(),
                                  [&](const core::TariffStep& step) { return core::covers(step.when, local); });
  return found == spec_->tariff.end() ? 0 : found->price;
}

std::optional<double> Accumulator::step(Memory& memory, core::WallTime time, double value) const {
  if (!memory.value) {
    memory.value = value;
    memory.time = time;
    if (kind_ == Kind::kDifference) return std::nullopt;
    return memory.total;
  }
  const core::Duration passed = time - memory.time;
  if (passed <= core::Duration{}) {
    if (kind_ == Kind::kDifference) return std::nullopt;
    return memory.total;
  }
  const double before = *memory.value;
  const double hours = passed <= gap_ ? std::chrono::duration<double, std::ratio<3600>>(passed).count() : 0;
  const double counted = std::max(0.0, value - before + core::counter_lift(before, value, {}));
  memory.value = value;
  memory.time = time;
  switch (kind_) {
    case Kind::kEnergy:
      memory.total += (before + value) / 2 * hours;
      break;
    case Kind::kRunningHours:
      memory.total += before != 0 ? hours : 0;
      break;
    case Kind::kCost:
      memory.total += counted * price(time);
      break;
    case Kind::kTotal:
      memory.total += counted;
      break;
    case Kind::kDifference:
      return counted;
  }
  return memory.total;
}

}  // namespace telltale::rules
