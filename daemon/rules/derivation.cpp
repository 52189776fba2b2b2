#include "daemon/rules/derivation.h"

#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/expression_function.h"
#include "daemon/core/unit_algebra.h"

namespace telltale::rules {

namespace {

const core::ExpressionFunction* remembering(const core::ExpressionNode& root) {
  if (root.kind != core::ExpressionNode::Kind::kCall) return nullptr;
  const auto* const function = core::find_expression_function(root.word);
  return function != nullptr && function->remembers ? function : nullptr;
}

}  // namespace

Derivation::Derivation(core::DerivedSpec spec, Formula formula)
    : Program(spec.name, spec.expression->references), spec_(std::move(spec)), formula_(std::move(formula)) {
  set_zone(spec_.zone, spec_.time_zone);
  const core::ExpressionNode& root = spec_.expression->root;
  if (remembering(root) == nullptr) return;
  accumulator_ = Accumulator::of(root.word);
  if (!accumulator_) return;
  if (root.children.size() > 1) {
    accumulator_->set_gap(core::Duration(static_cast<std::int64_t>(root.children[1].number * 1e9)));
  }
  accumulator_->set_tariff(spec_);
}

core::Result<std::unique_ptr<Derivation>> Derivation::make(core::DerivedSpec spec) {
  const core::ExpressionNode& root = spec.expression->root;
  auto formula = Formula::compile(remembering(root) == nullptr ? root : root.children.front());
  if (!formula) return formula.error().in(spec.name);
  return std::unique_ptr<Derivation>(new Derivation(std::move(spec), std::move(*formula)));
}

bool Derivation::check_units(const Instance& instance) {
  const auto unit_of = [&](std::size_t reference) {
    const auto& cells = instance.slots.at(reference);
    return cells.empty() ? std::string() : cells.front()->series->declaration.unit;
  };
  const auto mistakes = core::check_units(*spec_.expression, unit_of, spec_.unit);
  if (mistakes.empty()) return true;
  problem = mistakes.front().message;
  return false;
}

Memory Derivation::memory_of(const core::SeriesInfo& series, core::PassPort& port) const {
  const auto kept = kept_.find(series.key_text);
  if (kept != kept_.end()) return kept->second;
  Memory memory;
  if (const auto newest = port.newest(series.id); newest && std::isfinite(newest->reading.value)) {
    memory.total = newest->reading.value;
  } else if (restored_ != nullptr) {
    const auto last = restored_->find(series.key_text);
    if (last != restored_->end() && std::isfinite(last->second)) memory.total = last->second;
  }
  return memory;
}

void Derivation::begin(Instance& instance, Network& network, core::PassPort& port) {
  auto state = std::make_unique<State>();
  state->wrong_units = !check_units(instance);
  core::SeriesDeclaration declaration;
  declaration.key = {spec_.name, instance.labels};
  declaration.unit = spec_.unit;
  declaration.kind = spec_.kind;
  declaration.hint = spec_.hint;
  if (!state->wrong_units) state->series = port.declare(kDerivedInput, declaration);
  if (state->series) {
    if (const auto newest = port.newest(state->series->id)) state->last = newest->reading.time;
    state->memory = memory_of(*state->series, port);
    network.set_producer(state->series->id, instance);
  } else if (!state->wrong_units) {
    problem = "this device keeps no more series";
  }
  instance.state = std::move(state);
}

void Derivation::compute(Instance& instance, Network& network, core::PassPort& port) {
  auto& state = static_cast<State&>(*instance.state);
  if (!state.series) return;
  Inputs inputs = network.inputs_of(instance, port);
  if (const auto owed = std::exchange(state.owed, std::nullopt); owed && inputs.changed == core::WallTime{}) {
    std::tie(inputs.changed, inputs.changed_by_source) = *owed;
  }
  if (inputs.pending) {
    state.owed = std::pair(inputs.changed, inputs.changed_by_source);
    owes_ = true;
    return;
  }
  const bool is_new = inputs.changed != core::WallTime{};
  if (!inputs.complete || (!is_new && (state.last || accumulator_))) return;
  core::Reading reading;
  reading.series = state.series->id;
  // As old as the oldest of what it is made of. A value that is only held, such as a setpoint, was new once: then it is
  // as old as what has changed.
  const bool held = is_new && state.last && inputs.oldest <= *state.last;
  reading.time = held ? inputs.changed : inputs.oldest;
  reading.by_source = held ? inputs.changed_by_source : inputs.oldest_by_source;
  reading.quality = inputs.quality;
  reading.value = formula_.compute(inputs.values);
  if (accumulator_) {
    if (!std::isfinite(reading.value)) return;  // a meter stands still
    const auto result = accumulator_->step(state.memory, reading.time, reading.value);
    if (!result) return;
    reading.value = *result;
  }
  if (!std::isfinite(reading.value)) {
    reading.value = std::numeric_limits<double>::quiet_NaN();
    reading.quality = core::Quality::kBad;
  }
  state.last = state.last ? std::max(*state.last, reading.time) : reading.time;
  port.put(reading, {});
  network.deliver(reading, port);
}

void Derivation::remind(Network& network) {
  if (!std::exchange(owes_, false)) return;
  for (const auto& [labels, instance] : instances) {
    const auto* const state = static_cast<const State*>(instance->state.get());
    if (state != nullptr && state->owed) network.mark(*instance);
  }
}

Derivation::Kept Derivation::take_kept() const {
  Kept kept;
  if (!accumulator_) return kept;
  for (const auto& [labels, instance] : instances) {
    const auto* const state = static_cast<const State*>(instance->state.get());
    if (state != nullptr && state->series) kept[state->series->key_text] = state->memory;
  }
  return kept;
}

}  // namespace telltale::rules
